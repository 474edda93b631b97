import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Stack, startStack } from "../../../bundler-local/src/index.ts";
import { writeRecord } from "../../../deploy/src/record.ts";
import { readDeployments } from "../../src/supervisor/deployments.ts";
import { startTestSigner, type TestSigner } from "../signer.ts";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const PAGE = readFileSync(join(REPOSITORY, "docs/SIGNER.md"), "utf8");

/** The page's commands, one string for each block that says it is run. */
const BLOCKS = [...PAGE.matchAll(/<!-- run -->\n```sh\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");

let stack: Stack;
let signer: TestSigner;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "signer-page-"));
  stack = await startStack();
  const deployments = join(folder, "deployments");
  await writeRecord({ ...stack.record, local: { rpcUrl: stack.rpcUrl, bundlerUrl: stack.bundlerUrl, ...stack.addresses } }, deployments);
  signer = await startTestSigner({ deployments: readDeployments(deployments) });
  // What npm would start, on this stack and this signer.
  const npm = `#!/usr/bin/env bash
case "$*" in
"run --silent signer:example"*) exec "$NODE" "${REPOSITORY}/docs/signer.ts" "\${@:5}";;
"run --silent signer -- kill"*) exec "$NODE" "${REPOSITORY}/tee-signer/src/cli/main.ts" kill --folder "${signer.folder}" "\${@:6}";;
*) exit 64;;
esac
`;
  writeFileSync(join(folder, "npm"), npm);
  chmodSync(join(folder, "npm"), 0o755);
}, 180_000);
afterAll(async () => {
  await signer?.stop();
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 180_000);

it("leads a newcomer from nothing to a refused agent, by the commands that the page shows", async () => {
  expect(BLOCKS).toHaveLength(5);
  const script = BLOCKS.map((block, index) => `echo "== ${index}"\n${block}\necho`).join("\n");
  const { operator, owner } = signer.credentials;
  const env = { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}`, NODE: process.execPath, SIGNER: signer.running.url, OPERATOR: operator, OWNER: owner };
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], { cwd: folder, env });
  const [, wallet, session, pay, events, kill] = stdout.split(/^== \d$/m) as [string, string, string, string, string, string];

  // What makes things only keeps their ids.
  expect([wallet.trim(), session.trim()]).toEqual(["", ""]);
  expect(pay).toMatch(/^account +0x[0-9a-fA-F]{40} exists, with 1 ETH and 100 USDC$/m);
  expect(pay).toMatch(/^granted +0x[0-9a-fA-F]{40} may pay 50 USDC a day/m);
  expect(pay).toMatch(/^paid +in transaction 0x[0-9a-f]{64}$/m);
  expect(pay).toMatch(/^refused +token_per_tx_exceeded: Asked for 11000000 /m);
  expect(pay).toContain('"operations":1');
  expect(events).toContain('"type":"signUserOperation.reserved"');
  expect(events).toContain('"code":"token_per_tx_exceeded"');
  expect(events.trim()).toMatch(/"status":"revoked".*401$/s);
  expect(kill).toContain("its wallet process is gone");
  expect(kill).toContain('"state":"killed"');
  expect(kill).toMatch(/"state":"running".*"platform":"simulated"/s);
}, 180_000);
