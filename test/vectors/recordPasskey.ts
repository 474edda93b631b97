/**
 * Writes passkey.json: what a real browser makes of WebAuthn requests, with its own virtual authenticator.
 *
 *     CHROMIUM=chromium node test/vectors/recordPasskey.ts
 *
 * Every run makes another key, so the file is recorded once and read by the tests.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keccak256, toHex } from "viem";

const PORT = 18_931;
const PAGE = `http://localhost:${PORT}/`;
/** Another origin, for a page within the page. */
const INNER = `http://inner.localhost:${PORT}/inner`;
const CHALLENGE = keccak256(toHex("what is signed"));

const MAKE = `
  const hex = (it) => "0x" + [...new Uint8Array(it)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const text = (it) => new TextDecoder().decode(it);
  const bytes = (it) => Uint8Array.from(it.slice(2).match(/../g), (pair) => parseInt(pair, 16));
  async function create() {
    const made = await navigator.credentials.create({ publicKey: {
      challenge: bytes("${CHALLENGE}"), rp: { name: "test" }, user: { id: new Uint8Array([1]), name: "a", displayName: "a" },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }], authenticatorSelection: { residentKey: "required", userVerification: "preferred" } } });
    return { id: hex(made.rawId), publicKey: hex(made.response.getPublicKey()), authenticatorData: hex(made.response.getAuthenticatorData()), clientDataJSON: text(made.response.clientDataJSON) };
  }
  async function get(userVerification) {
    const { response } = await navigator.credentials.get({ publicKey: { challenge: bytes("${CHALLENGE}"), userVerification } });
    return { authenticatorData: hex(response.authenticatorData), clientDataJSON: text(response.clientDataJSON), signature: hex(response.signature) };
  }`;
const INNER_PAGE = `<script>${MAKE}
  if (parent !== window) get("preferred").then((got) => parent.postMessage(got, "*"), (error) => parent.postMessage(String(error), "*"));
</script>`;
const OUTER_PAGE = `<script>${MAKE}
  const inner = () => new Promise((resolve) => {
    addEventListener("message", ({ data }) => resolve(data));
    const frame = document.createElement("iframe");
    frame.allow = "publickey-credentials-get *";
    frame.src = "${INNER}";
    document.body.append(frame);
  });
</script><body></body>`;

/** Speaks the DevTools protocol to one page. */
async function openPage(endpoint: string) {
  const socket = new WebSocket(endpoint);
  await once(socket, "open");
  let last = 0;
  return {
    close: () => socket.close(),
    ask<T>(method: string, params: object = {}): Promise<T> {
      const id = ++last;
      socket.send(JSON.stringify({ id, method, params }));
      return new Promise((resolve, reject) => {
        socket.addEventListener("message", function listen({ data }) {
          const answer = JSON.parse(String(data)) as { id?: number; result?: T; error?: { message: string } };
          if (answer.id !== id) return;
          socket.removeEventListener("message", listen);
          if (answer.error) reject(new Error(`${method}: ${answer.error.message}`));
          else resolve(answer.result as T);
        });
      });
    },
  };
}

const server = createServer((request, response) => {
  response.setHeader("content-type", "text/html");
  response.end(request.url === "/inner" ? INNER_PAGE : OUTER_PAGE);
}).listen(PORT);
const profile = mkdtempSync(join(tmpdir(), "passkey-"));
const browser = spawn(process.env["CHROMIUM"] ?? "chromium", [
  "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank",
], { stdio: ["ignore", "ignore", "pipe"] });

try {
  const port = await new Promise<string>((resolve) => {
    browser.stderr.on("data", (data: Buffer) => {
      const found = /DevTools listening on ws:\/\/[^:]+:(\d+)/.exec(String(data));
      if (found?.[1]) resolve(found[1]);
    });
  });
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as { type: string; webSocketDebuggerUrl: string }[];
  const page = await openPage(targets.find(({ type }) => type === "page")?.webSocketDebuggerUrl ?? "");
  const run = async <T>(expression: string): Promise<T> => {
    const { result, exceptionDetails } = await page.ask<{ result: { value: T }; exceptionDetails?: object }>("Runtime.evaluate", {
      expression, awaitPromise: true, returnByValue: true, userGesture: true,
    });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  };
  await page.ask("Page.enable");
  const open = async (url: string) => {
    await page.ask("Page.navigate", { url });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  };
  await open(PAGE);
  await page.ask("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await page.ask<{ authenticatorId: string }>("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  const created = await run<object>("create()");
  const verified = await run<object>('get("required")');
  await page.ask("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  const unverified = await run<object>('get("discouraged")');
  await page.ask("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  const version = await page.ask<{ product: string }>("Browser.getVersion");
  // A key of the inner page, made there, and used while it stands in the other page.
  await open(INNER);
  const made = await run<object>("create()");
  await open(PAGE);
  const embedded = { created: made, ...(await run<object>("inner()")) };
  const record = {
    from: `${version.product}, virtual authenticator`,
    challenge: CHALLENGE, origin: PAGE.slice(0, -1), rpId: "localhost", created, verified, unverified, embedded,
  };
  writeFileSync(join(import.meta.dirname, "passkey.json"), `${JSON.stringify(record, null, 2)}\n`);
  page.close();
} finally {
  browser.kill();
  await once(browser, "exit");
  server.close();
  rmSync(profile, { recursive: true, force: true });
}
