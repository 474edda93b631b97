import { createSiweMessage } from "viem/siwe";
import { recoverMessageAddress, type Hex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KINDS, type TestDatabases } from "../databases.ts";
import { bodyOf, ether, sessionOperation, SHOP, THIEF, token } from "../operations.ts";
import { openSession, prepare, type Prepared, sign } from "../prepared.ts";
import { inAnHour, LOCAL, RECOVERY, GUARDIAN, startTestSigner, type TestSigner } from "../signer.ts";

/** Nonces that no other test of a file has used. */
let sequence = 0n;
const next = (): bigint => ++sequence;

describe.each(Object.entries(KINDS))("agent sessions, on %s", (_, start) => {
  let databases: TestDatabases;
  let signer: TestSigner;
  let prepared: Prepared;
  beforeAll(async () => {
    databases = await start();
    const { url, database } = await databases.fresh();
    await database.close();
    signer = await startTestSigner(url.startsWith("sqlite:") ? {} : { database: url });
    prepared = await prepare(signer);
  });
  afterAll(async () => {
    await signer?.stop();
    await databases?.stop();
  });

  describe("tokens", () => {
    it("are shown once, and work until they are revoked", async () => {
      const session = await openSession(signer, prepared);
      expect(session.token).toMatch(/^as_live_[\w-]{43}$/);
      const seen = await signer.ask("GET", `/v1/s2s/agent-sessions/${session.id}`);
      expect(JSON.stringify(seen.body)).not.toContain(session.token);
      expect((await sign(signer, session, [ether(SHOP, 1n)], next())).status).toBe(200);
      await signer.ask("POST", `/v1/s2s/agent-sessions/${session.id}/revoke`);
      const after = await sign(signer, session, [ether(SHOP, 1n)], next());
      expect([after.status, after.body.error?.code]).toEqual([401, "session_revoked"]);
      expect((await signer.ask("POST", `/v1/s2s/agent-sessions/${session.id}/resume`)).body.error?.code).toBe("session_revoked");
    });

    it.each([
      ["none", ""],
      ["one that is made up", `as_live_${"A".repeat(43)}`],
      ["one with a letter changed", "changed"],
      ["an operator's that is made up", "sk_live_x"],
    ])("are refused: %s", async (_title, made) => {
      const session = await openSession(signer, prepared);
      const changed = session.token.slice(0, -1) + (session.token.endsWith("A") ? "B" : "A");
      const { status } = await signer.ask("GET", "/v1/agent/session", undefined, made === "changed" ? changed : made);
      expect(status).toBe(401);
    });

    it("open no door but their own", async () => {
      const session = await openSession(signer, prepared);
      for (const path of ["/v1/s2s/wallets", "/v1/s2s/agent-sessions", "/v1/s2s/kill", `/v1/owner/wallets/${prepared.walletId}/operations`]) {
        const { status, body } = await signer.ask("POST", path, bodyOf(sessionOperation(session.sender, session.key, [])), session.token);
        expect([status, body.error?.code]).toEqual([403, "forbidden"]);
      }
      expect((await signer.ask("GET", `/v1/s2s/agent-sessions/${session.id}`, undefined, session.token)).status).toBe(403);
    });

    it("of the operator sign nothing of an owner's, and of the owner run nothing", async () => {
      for (const path of ["operations", "releases", `smart-accounts/${prepared.accountId}/ownership`]) {
        expect((await signer.ask("POST", `/v1/owner/wallets/${prepared.walletId}/${path}`, {})).status).toBe(403);
      }
      expect((await signer.ask("POST", "/v1/s2s/kill", {}, signer.credentials.owner)).status).toBe(403);
    });
  });

  describe("creating", () => {
    const create = (change: object) => signer.ask("POST", "/v1/s2s/agent-sessions", { wallet_id: prepared.walletId, name: "a", allowed_chains: ["base"], expires_at: inAnHour(), ...change });
    it("refuses a wallet whose key is on somebody's device", async () => {
      const wallet = await signer.ask("POST", "/v1/s2s/wallets", { name: "browser", mode: "client", address: THIEF });
      const { status, body } = await create({ wallet_id: wallet.body["id"] });
      expect([status, body.error?.code]).toEqual([409, "wallet_not_tee_mode"]);
    });
    it.each<[string, object]>([
      ["an unknown field", { max_spend: "1" }],
      ["an amount as a number", { max_spend_per_tx_native: 5 }],
      ["a negative amount", { max_spend_per_tx_native: "-1" }],
      ["an unknown chain", { allowed_chains: ["mars"] }],
      ["no chain", { allowed_chains: [] }],
      ["plain transactions", { allowed_methods: ["sendTransaction"] }],
      ["a time without a zone", { expires_at: "2026-12-31T23:59:59" }],
      ["a time that has passed", { expires_at: "2020-01-01T00:00:00Z" }],
      ["a time beyond a year", { expires_at: "2030-01-01T00:00:00Z" }],
    ])("refuses %s", async (_title, change) => {
      const { status, body } = await create(change);
      expect([status, body.error?.code]).toEqual([400, "invalid_request"]);
    });
    it("refuses somebody else's smart account", async () => {
      const other = await prepare(signer);
      expect((await create({ wallet_id: other.walletId, smart_account_id: prepared.accountId })).status).toBe(404);
    });
    it("gives a child run a policy and a wallet of its own, and nothing of its parent's", async () => {
      const parent = await openSession(signer, prepared, { run_id: "parent-run" });
      expect((await create({ parent_run_id: "parent-run" })).body.error?.code).toBe("parent_run_same_wallet");
      expect((await create({ parent_run_id: "nobody" })).body.error?.code).toBe("parent_run_unknown");
      const own = await prepare(signer);
      const child = await openSession(signer, own, { parent_run_id: "parent-run", max_spend_total_native: "0" });
      const seen = await signer.ask("GET", "/v1/agent/session", undefined, child.token);
      expect(seen.body).toMatchObject({ parent_run_id: "parent-run", wallet_id: own.walletId, max_spend_total_native: "0" });
      expect((await sign(signer, child, [ether(SHOP, 1n)], next())).body.error?.code).toBe("native_total_exceeded");
      expect((await sign(signer, parent, [ether(SHOP, 1n)], next())).status).toBe(200);
    });
  });

  describe("a smart account", () => {
    const register = (change: object) => signer.ask("POST", `/v1/s2s/wallets/${prepared.walletId}/smart-accounts`, { chain: LOCAL, guardian: GUARDIAN, recovery_signers: [RECOVERY], ...change });
    it.each([
      ["without a guardian", { guardian: undefined }, "account_without_guardian"],
      ["without a recovery signer", { recovery_signers: [] }, "account_without_recovery"],
      ["on a chain whose contracts nobody knows", {}, "not_found"],
    ])("is refused %s", async (_title, change, code) => {
      expect((await register(change)).body.error?.code).toBe(code);
    });
  });

  describe("pausing", () => {
    it("stops at once and is taken back at once", async () => {
      const session = await openSession(signer, prepared);
      await signer.ask("POST", `/v1/s2s/agent-sessions/${session.id}/pause`);
      expect((await sign(signer, session, [ether(SHOP, 1n)], next())).body.error?.code).toBe("session_paused");
      expect((await signer.ask("GET", "/v1/agent/session", undefined, session.token)).body["status"]).toBe("paused");
      await signer.ask("POST", `/v1/s2s/agent-sessions/${session.id}/resume`);
      expect((await sign(signer, session, [ether(SHOP, 1n)], next())).status).toBe(200);
    });
    it("of a wallet stops every session of it", async () => {
      const session = await openSession(signer, prepared);
      await signer.ask("POST", `/v1/s2s/wallets/${prepared.walletId}/pause`);
      expect((await sign(signer, session, [ether(SHOP, 1n)], next())).body.error?.code).toBe("wallet_paused");
      await signer.ask("POST", `/v1/s2s/wallets/${prepared.walletId}/resume`);
      expect((await sign(signer, session, [ether(SHOP, 1n)], next())).status).toBe(200);
    });
  });

  describe("caps", () => {
    it("hold exactly when forty requests come at once", async () => {
      const session = await openSession(signer, prepared);
      const answers = await Promise.all(Array.from({ length: 40 }, () => sign(signer, session, [token("transfer", SHOP, 1n)], next())));
      // Ten times the gas of one operation is what the session has.
      expect(answers.filter((one) => one.status === 200)).toHaveLength(10);
      expect(new Set(answers.filter((one) => one.status !== 200).map((one) => one.body.error?.code))).toEqual(new Set(["native_total_exceeded"]));
      expect((await signer.ask("GET", "/v1/agent/session", undefined, session.token)).body).toMatchObject({ spent_native: "10000000", operations: 10 });
    });

    it("count a repeated request once, with the same signature", async () => {
      const session = await openSession(signer, prepared);
      const body = bodyOf(sessionOperation(session.sender, session.key, [ether(SHOP, 1n)], { sequence: next() }));
      const ask = () => signer.ask("POST", "/v1/agent/user-operations", body, session.token, { "idempotency-key": "k1" });
      const answers = await Promise.all(Array.from({ length: 20 }, ask));
      expect(new Set(answers.map((one) => one.body["signature"])).size).toBe(1);
      expect((await signer.ask("GET", "/v1/agent/session", undefined, session.token)).body).toMatchObject({ operations: 1 });
      const other = await sign(signer, session, [ether(SHOP, 2n)], next(), { "idempotency-key": "k1" });
      expect([other.status, other.body.error?.code]).toEqual([409, "idempotency_conflict"]);
    });

    it("let one operation through for a nonce, whoever asks", async () => {
      const [first, second] = [await openSession(signer, prepared), await openSession(signer, prepared)];
      const nonce = next();
      const answers = await Promise.all([sign(signer, first, [ether(SHOP, 1n)], nonce), sign(signer, first, [ether(SHOP, 2n)], nonce), sign(signer, second, [ether(SHOP, 1n)], nonce)]);
      expect(answers.map((one) => one.status).sort()).toEqual([200, 409, 409]);
    });

    it("of the organisation hold at once, over what the session says", async () => {
      const session = await openSession(signer, prepared);
      await signer.ask("PUT", "/v1/s2s/organisation/rules", { blocked_recipients: [SHOP] });
      expect((await sign(signer, session, [ether(SHOP, 1n)], next())).body.error?.code).toBe("recipient_not_allowed");
      await signer.ask("PUT", "/v1/s2s/organisation/rules", { max_native_per_tx_cap: "999999" });
      expect((await sign(signer, session, [ether(SHOP, 0n)], next())).body.error).toMatchObject({ code: "native_per_tx_exceeded", figures: { limit: "999999" } });
      await signer.ask("PUT", "/v1/s2s/organisation/rules", {});
      expect((await sign(signer, session, [ether(SHOP, 0n)], next())).status).toBe(200);
    });

    it("of requests answer 429 with the time of the next", async () => {
      const session = await openSession(signer, prepared, { rate_limit_per_minute: 2 });
      const answers = [];
      for (let i = 0; i < 3; i++) answers.push(await sign(signer, session, [ether(SHOP, 1n)], next()));
      expect(answers.map((one) => one.status)).toEqual([200, 200, 429]);
      expect(Number(answers[2]?.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(answers[2]?.body.error?.figures?.["retry_at"]).toMatch(/^20/);
    });
  });

  describe("messages", () => {
    it("are sign-ins for listed domains, by the session's key", async () => {
      const session = await openSession(signer, prepared, { allowed_methods: ["signMessage"], sign_in_domains: ["shop.example"] });
      const message = createSiweMessage({
        address: session.key,
        chainId: LOCAL,
        domain: "shop.example",
        nonce: "abcdef123456",
        uri: "https://shop.example",
        version: "1",
        issuedAt: new Date(),
        expirationTime: new Date(Date.now() + 60_000),
      });
      const { body } = await signer.ask("POST", "/v1/agent/messages", { message }, session.token);
      expect((await recoverMessageAddress({ message, signature: body["signature"] as Hex })).toLowerCase()).toBe(session.key);
      const other = await signer.ask("POST", "/v1/agent/messages", { message: "login challenge" }, session.token);
      expect([other.status, other.body.error?.code]).toEqual([403, "method_refused"]);
    });

    it.each(["hashes", "transactions", "authorizations"])("are no %s", async (what) => {
      const session = await openSession(signer, prepared);
      const { status, body } = await signer.ask("POST", `/v1/agent/${what}`, { hash: `0x${"11".repeat(32)}` }, session.token);
      expect([status, body.error?.code]).toEqual([403, "method_refused"]);
    });
  });

  it("keeps every attempt in its events, signed and refused", async () => {
    const session = await openSession(signer, prepared);
    await sign(signer, session, [ether(SHOP, 1n)], next());
    await sign(signer, session, [ether(THIEF, 1n)], next());
    const { body } = await signer.ask("GET", `/v1/s2s/agent-sessions/${session.id}/events?limit=2`);
    const rest = await signer.ask("GET", `/v1/s2s/agent-sessions/${session.id}/events?cursor=${body["cursor"]}`);
    const all = [...(body["events"] as object[]), ...(rest.body["events"] as object[])];
    expect(all).toMatchObject([
      { type: "session.created" },
      { type: "signUserOperation.reserved", calls: [{ to: SHOP, value: "1" }], native: "1000001" },
      { type: "signUserOperation.refused", code: "recipient_not_allowed", call: 0, calls: [{ to: THIEF, value: "1" }] },
    ]);
  });
});
