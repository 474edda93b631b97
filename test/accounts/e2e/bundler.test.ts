import type { UserOperation } from "viem/account-abstraction";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Stack, startStack } from "../../../bundler-local/src/index.ts";
import { findRefusal, readKeyState } from "../../../ts-sdk/src/index.ts";
import { VERIFIED_SIGNERS } from "../keys.ts";
import { type Row, ROWS } from "../matrix.ts";
import { newKey } from "../stack.ts";
import { CAP, DONE, openScene } from "./scene.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ anyCodeSize: true });
});
afterAll(() => stack?.stop());

/** Every account on every EntryPoint that it knows, once. */
const PLACES = [...new Map(ROWS.map((row) => [`${row.kind} ${row.version}`, row])).values()];

describe.concurrent.each(PLACES)("$title, EntryPoint v$version, through Alto", (place) => {
  it("acts by a session key, breaks no rule of ERC-7562, and is refused above the cap", async () => {
    const { module, client, bundler, call, open, act, trace, received } = await openScene(stack, place);
    const session = await open();
    expect(session.entryPoint.version).toBe(place.version);

    expect(await act(session, [1n])).toEqual(DONE);
    expect(await act(session, [2n, 3n], 1n)).toEqual(DONE);
    expect(await received()).toBe(6n);

    const refusal = await bundler.sendUserOperation({ account: session, calls: [call(CAP - 5n)] }).catch(findRefusal);
    expect(refusal).toMatchObject({ code: "SpendingLimitExceeded", attempted: CAP - 5n, left: CAP - 6n });

    // A thief asks nobody beforehand.
    const thief = await open({ precheck: false });
    const gas = { callGasLimit: 300_000n, verificationGasLimit: 450_000n, preVerificationGas: 100_000n };
    const stolen = await bundler.prepareUserOperation({ account: thief, calls: [call(CAP - 5n)], ...gas });
    const signature = await thief.signUserOperation(stolen);
    expect(await trace({ ...stolen, signature } as UserOperation)).toEqual({ completed: false, violations: [] });
    await expect(
      bundler.sendUserOperation({ ...stolen, signature, entryPointAddress: thief.entryPoint.address }),
    ).rejects.toThrow(/AA23/);
    expect(await received()).toBe(6n);
    expect((await readKeyState(client, { module, account: session.address, key: session.key })).usage.uses).toBe(3n);
  });

  it("carries a grant that its owner signed off chain, and breaks no rule of ERC-7562 with it", async () => {
    const { openCarrying, act, received } = await openScene(stack, place);
    const session = await openCarrying(newKey());
    expect(await act(session, [7n])).toEqual(DONE);
    expect(await act(session, [8n])).toEqual(DONE);
    expect(await received()).toBe(15n);
  });
});

/** Each key that a verifier checks, on accounts that reach their validators in different ways. */
const VERIFIED: readonly (Pick<Row, "kind" | "version"> & { key: keyof typeof VERIFIED_SIGNERS })[] = [
  { kind: "kernel-7702", version: "0.9", key: "2 of 3" },
  { kind: "nexus", version: "0.9", key: "2 of 3" },
  { kind: "safe7579", version: "0.7", key: "P-256" },
  { kind: "nexus", version: "0.8", key: "P-256" },
  { kind: "openzeppelin", version: "0.8", key: "passkey" },
  { kind: "7702", version: "0.7", key: "passkey" },
];

describe.concurrent.each(VERIFIED)("$kind, EntryPoint v$version, a $key key, through Alto", ({ key, ...place }) => {
  const make = VERIFIED_SIGNERS[key];

  it("acts under a grant of the owner's, breaks no rule of ERC-7562, and is refused above the cap", async () => {
    const { bundler, call, open, act, received } = await openScene(stack, place, { agent: make(300) });
    const session = await open();
    expect(await act(session, [1n, 2n])).toEqual(DONE);
    expect(await act(session, [3n], 1n)).toEqual(DONE);
    const refusal = await bundler.sendUserOperation({ account: session, calls: [call(CAP - 5n)] }).catch(findRefusal);
    expect(refusal).toMatchObject({ code: "SpendingLimitExceeded", attempted: CAP - 5n, left: CAP - 6n });
    expect(await received()).toBe(6n);
  });

  it("carries its grant, and breaks no rule of ERC-7562 with it", async () => {
    const { openCarrying, act, received } = await openScene(stack, place);
    const session = await openCarrying(make(301));
    expect(await act(session, [7n])).toEqual(DONE);
    expect(await act(session, [8n])).toEqual(DONE);
    expect(await received()).toBe(15n);
  });
});

describe.concurrent.each([
  { kind: "kernel", version: "0.7" },
  { kind: "kernel-7702", version: "0.8" },
] as const)("$kind, EntryPoint v$version, with a hook on the module, through Alto", (place) => {
  it("acts by `executeUserOp`, breaks no rule of ERC-7562, and is refused above the cap", async () => {
    const { bundler, call, open, act, received, hookRuns } = await openScene(stack, place, { hook: "CountingHook" });
    const session = await open();
    expect(await session.encodeCalls([call(1n)])).toMatch(/^0x8dd7712f/);
    expect(await act(session, [1n])).toEqual(DONE);
    expect(await act(session, [2n, 3n], 1n)).toEqual(DONE);
    expect(await hookRuns()).toBe(2n);
    const refusal = await bundler.sendUserOperation({ account: session, calls: [call(CAP - 5n)] }).catch(findRefusal);
    expect(refusal).toMatchObject({ code: "SpendingLimitExceeded", attempted: CAP - 5n, left: CAP - 6n });
    expect(await received()).toBe(6n);
  });

  it("carries a grant that says so", async () => {
    const { openCarrying, act, received, hookRuns } = await openScene(stack, place, { hook: "CountingHook" });
    expect(await act(await openCarrying(newKey()), [7n])).toEqual(DONE);
    expect(await hookRuns()).toBe(1n);
    expect(await received()).toBe(7n);
  });
});
