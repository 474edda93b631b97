import { concat, encodeAbiParameters, encodeFunctionData, type Hex, pad, parseAbi, toFunctionSelector, toHex } from "viem";
import { describe, expect, it } from "vitest";
import { nonceKeyOf } from "../../../ts-sdk/src/accounts/nonceKey.ts";
import { frameCalls } from "../../../ts-sdk/src/operation/frame.ts";
import { type Call, decodeEvidence, decodeSessionSignature, encodeEvidence, encodeSessionSignature, type Evidence } from "../../../ts-sdk/src/operation/index.ts";
import { decodeHeader, encodeHeader, ENTRY_POINT_ADDRESSES } from "../../../ts-sdk/src/policy/index.ts";
import { clip } from "../../src/guardrails/clip.ts";
import { type JudgedSession, judgeSessionOperation, operationRequest } from "../../src/guardrails/sessionOperation.ts";
import { LANES } from "../../src/operation/accounts.ts";
import { ACCOUNT_KINDS, type AccountKind } from "../../src/protocol/accounts.ts";
import { NO_RULES, sessionPolicy } from "../../src/protocol/session.ts";
import { DEPLOYMENT, inAnHour, LOCAL } from "../signer.ts";
import { bodyOf, ENTRY_POINT, ether, GAS_COST, now, sessionOperation, SHOP, THIEF, TOKEN, token } from "../operations.ts";

const SENDER = "0x00000000000000000000000000000000000000f1";
const KEY = "0x00000000000000000000000000000000000000f2";
const ROUTER = "0x00000000000000000000000000000000000000f3";
const SWAP = "0x12345678";
/** A key as ERC-7913 writes it: a verifier's address, and what it checks. */
const VERIFIER_KEY: Hex = `0x${"f4".repeat(20)}${"04".repeat(64)}`;

const session = {
  key: KEY,
  expiresAt: Date.parse(inAnHour()),
  account: {
    chainId: LOCAL,
    address: SENDER,
    definition: { entry_point_version: "0.7" },
    session: { kind: "owned", module: DEPLOYMENT.module, forbidden: [] },
  },
} satisfies JudgedSession;

const RULES = {
  allowed_chains: [LOCAL],
  max_spend_per_tx_native: "2000000",
  token_caps: [{ chain: LOCAL, token: TOKEN, max_per_tx: "100", max_total: "1000" }],
};

const judge = (body: unknown, rules: object = {}) => judgeSessionOperation(operationRequest.parse(body), clip(sessionPolicy.parse({ ...RULES, ...rules }), NO_RULES), session, now());
const code = (body: unknown, rules: object = {}): unknown => {
  try {
    return judge(body, rules).charges;
  } catch (error) {
    return (error as { code: unknown }).code;
  }
};
const operation = (...parameters: Parameters<typeof sessionOperation> extends [unknown, unknown, ...infer rest] ? rest : never) => bodyOf(sessionOperation(SENDER, KEY, ...parameters));

/** A signature whose evidence is another. */
function withEvidence(change: (evidence: Evidence) => Evidence): Hex {
  const envelope = decodeSessionSignature(sessionOperation(SENDER, KEY, [ether(SHOP, 1n)]).signature);
  return encodeSessionSignature({ ...envelope, evidence: encodeEvidence(change(decodeEvidence(envelope.evidence))) });
}

describe("what an operation is charged", () => {
  it.each([
    ["an EOA", THIEF],
    ["a key with a verifier", VERIFIER_KEY],
  ])("is the same under a policy with a co-signer, %s: it can only hold back", (_title, coSigner) => {
    expect(code(operation([token("transfer", SHOP, 60n)], { coSigner }))).toEqual({ native: GAS_COST, tokens: new Map([[TOKEN, 60n]]) });
  });

  it("is the largest cost of gas, when it moves nothing else", () => {
    expect(code(operation([ether(SHOP, 0n)]))).toEqual({ native: GAS_COST, tokens: new Map() });
  });

  it("is value and gas together, over the whole batch", () => {
    expect(code(operation([ether(SHOP, 5n), ether(SHOP, 7n)]))).toMatchObject({ native: GAS_COST + 12n });
  });

  it("is what is transferred and what is approved together", () => {
    expect(code(operation([token("transfer", SHOP, 60n), token("approve", SHOP, 40n)]))).toMatchObject({ tokens: new Map([[TOKEN, 100n]]) });
  });

  it("includes gas when a paymaster is listed that may charge, and not when it sponsors", () => {
    const paymaster = { paymaster: THIEF, paymasterVerificationGasLimit: 10n, paymasterPostOpGasLimit: 10n, paymasterData: "0x" } as const;
    const body = operation([ether(SHOP, 1n)], paymaster);
    expect(code(body, { allowed_paymasters: [{ address: THIEF }] })).toMatchObject({ native: GAS_COST + 21n });
    expect(code(body, { allowed_paymasters: [{ address: THIEF, sponsors: true }] })).toMatchObject({ native: 1n });
    expect(code(body)).toBe("paymaster_not_allowed");
  });
});

describe("what is refused", () => {
  const call = (data: Hex, to: Hex = TOKEN): Parameters<typeof operation>[0] => [{ to, value: 0n, data }];
  const words = (signature: string, ...list: readonly bigint[]): Hex =>
    concat([toFunctionSelector(signature), ...list.map((one) => toHex(one, { size: 32 }))]);
  const raw = (mode: Hex, executions: Hex): Hex => encodeFunctionData({ abi: parseAbi(["function execute(bytes32 mode, bytes data)"]), args: [pad(mode, { size: 32, dir: "right" }), executions] });
  const single = concat([SHOP, toHex(1n, { size: 32 })]);

  const [open, , close] = frameCalls(DEPLOYMENT.module, [ether(SHOP, 1n)], 7n) as [Call, Call, Call];

  it("takes the frame of a measured key, whose calls are charged as any others, and counted from the first of all", () => {
    const plain = judge(operation([ether(SHOP, 3n), token("transfer", SHOP, 5n)]));
    const framed = judge(operation([open, ether(SHOP, 3n), token("transfer", SHOP, 5n), close]));
    expect(framed.charges).toEqual(plain.charges);
    const refused = operation([open, ether(SHOP, 3n), ether(SENDER, 0n), close]);
    expect(() => judge(refused)).toThrow(expect.objectContaining({ figures: expect.objectContaining({ call: 2 }) }));
  });

  it.each<[string, unknown, string]>([
    ["a delegatecall", operation([], { callData: raw("0xff", single) }), "call_data_malformed"],
    ["a static call", operation([], { callData: raw("0xfe", single) }), "call_data_malformed"],
    ["another function of the account", operation([], { callData: encodeFunctionData({ abi: parseAbi(["function installModule(uint256,address,bytes)"]), args: [1n, THIEF, "0x"] }) }), "call_data_malformed"],
    ["executeUserOp", operation([], { callData: concat(["0x8dd7712f", raw("0x00", single)]) }), "call_data_malformed"],
    ["an empty batch", operation([], { callData: raw("0x01", encodeAbiParameters([{ type: "tuple[]", components: [{ type: "address" }, { type: "uint256" }, { type: "bytes" }] }], [[]])) }), "call_data_malformed"],
    ["bytes behind the call data", operation([], { callData: concat([raw("0x00", single), "0x00"]) }), "call_data_malformed"],
    ["no call data", operation([], { callData: "0x" }), "call_data_malformed"],
    ["a call of the account itself", operation([ether(SENDER, 1n)]), "target_forbidden"],
    ["a call of the module", operation([ether(DEPLOYMENT.module, 0n)]), "target_forbidden"],
    ["an opened frame that nobody closes", operation([open, ether(SHOP, 1n), ether(SHOP, 1n)]), "target_forbidden"],
    ["a frame that nobody opened", operation([ether(SHOP, 1n), ether(SHOP, 1n), close]), "target_forbidden"],
    ["a frame around nothing", operation([open, close]), "target_forbidden"],
    ["a frame around a frame", operation([open, open, ether(SHOP, 1n), close, close]), "target_forbidden"],
    ["a frame closed before it is opened", operation([close, ether(SHOP, 1n), open]), "target_forbidden"],
    ["a frame with value", operation([{ ...open, value: 1n }, ether(SHOP, 1n), close]), "target_forbidden"],
    ["a frame with bytes behind it", operation([open, ether(SHOP, 1n), { ...close, data: concat([close.data, "0x00"]) }]), "target_forbidden"],
    ["a frame of another contract", operation([{ ...open, to: ROUTER }, ether(SHOP, 1n), { ...close, to: ROUTER }]), "function_not_allowed"],
    ["a call of the module inside of a frame", operation([open, { ...ether(DEPLOYMENT.module, 0n), data: "0x12345678" }, close]), "target_forbidden"],
    ["a thing that no rule allows inside of a frame", operation([open, { ...token("transfer", SHOP, 1n), to: ROUTER }, close]), "token_not_allowed"],
    ["a call of an EntryPoint", operation([ether(ENTRY_POINT_ADDRESSES["0.6"], 1n)]), "target_forbidden"],
    ["a call of address zero", operation([ether("0x0000000000000000000000000000000000000000", 1n)]), "target_forbidden"],
    ["three bytes of call data", operation(call("0x112233", SHOP)), "call_data_malformed"],
    ["a function on no list", operation(call(SWAP, ROUTER)), "function_not_allowed"],
    ["a token without a cap", operation([{ ...token("transfer", SHOP, 1n), to: ROUTER }]), "token_not_allowed"],
    ["a transfer with bytes behind its arguments", operation(call(concat([token("transfer", SHOP, 1n).data, "0x00"]))), "call_data_malformed"],
    ["an address with more than 20 bytes", operation(call(words("transfer(address,uint256)", 1n << 160n, 1n))), "call_data_malformed"],
    ["a token function whose amount nobody knows", operation(call(words("setApprovalForAll(address,bool)", 1n, 1n))), "amount_unknown"],
    ["a permit inside a call", operation(call(words("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", 1n, 2n, 3n, 4n, 5n, 6n, 7n))), "amount_unknown"],
    ["a factory", operation([ether(SHOP, 1n)], { factory: THIEF, factoryData: "0x" }), "factory_not_allowed"],
    ["the marker of EIP-7702", operation([ether(SHOP, 1n)], { factory: "0x7702", factoryData: "0x" }), "delegation_refused"],
    ["the owner's lane", operation([ether(SHOP, 1n)], { nonce: 0n }), "session_key_mismatch"],
    ["another validator's lane", operation([ether(SHOP, 1n)], { nonce: nonceKeyOf(THIEF) << 64n }), "session_key_mismatch"],
    ["evidence for another key", bodyOf(sessionOperation(SENDER, THIEF, [ether(SHOP, 1n)])), "session_key_mismatch"],
    ["evidence for a key with a verifier", bodyOf(sessionOperation(SENDER, VERIFIER_KEY, [ether(SHOP, 1n)])), "session_key_mismatch"],
    ["evidence for a key whose verifier would be the session's", bodyOf(sessionOperation(SENDER, concat([KEY, "0x04"]), [ether(SHOP, 1n)])), "session_key_mismatch"],
    ["evidence for the session's key as one with a verifier", operation([ether(SHOP, 1n)], { signature: withEvidence((evidence) => ({ ...evidence, signer: concat(["0x02", KEY]) })) }), "session_key_mismatch"],
    ["evidence for the session's key and a byte more", operation([ether(SHOP, 1n)], { signature: withEvidence((evidence) => ({ ...evidence, signer: concat([evidence.signer, "0x00"]) })) }), "session_key_mismatch"],
    ["evidence whose header cannot be read", operation([ether(SHOP, 1n)], { signature: withEvidence((evidence) => ({ ...evidence, header: concat([evidence.header, "0x00"]) })) }), "call_data_malformed"],
    ["a co-signature behind the evidence", operation([ether(SHOP, 1n)], { signature: concat([sessionOperation(SENDER, KEY, [ether(SHOP, 1n)], { coSigner: VERIFIER_KEY }).signature, "0x000011223344"]) }), "call_data_malformed"],
    ["no evidence", operation([ether(SHOP, 1n)], { signature: "0x" }), "call_data_malformed"],
    ["evidence with a key's signature behind it", operation([ether(SHOP, 1n)], { signature: concat([sessionOperation(SENDER, KEY, [ether(SHOP, 1n)]).signature, "0x00"]) }), "call_data_malformed"],
    ["another account", bodyOf(sessionOperation(THIEF, KEY, [ether(SHOP, 1n)])), "account_not_allowed"],
    ["another EntryPoint", bodyOf(sessionOperation(SENDER, KEY, [ether(SHOP, 1n)]), ENTRY_POINT_ADDRESSES["0.8"]), "account_not_allowed"],
    ["an EntryPoint of somebody's own", bodyOf(sessionOperation(SENDER, KEY, [ether(SHOP, 1n)]), THIEF), "entry_point_unknown"],
    ["another chain", { ...operation([ether(SHOP, 1n)]), chain: 1 }, "chain_not_allowed"],
  ])("%s", (_title, body, expected) => {
    expect(code(body)).toBe(expected);
  });

  it("an authorisation of EIP-7702", () => {
    const body = operation([ether(SHOP, 1n)]);
    expect(code({ ...body, user_operation: { ...(body["user_operation"] as object), eip7702Auth: {} } })).toBe("delegation_refused");
  });

  it("an unknown field of the operation", () => {
    const body = operation([ether(SHOP, 1n)]);
    expect(() => judge({ ...body, user_operation: { ...(body["user_operation"] as object), aggregator: THIEF } })).toThrow(/aggregator/);
  });
});

describe("recipients and functions", () => {
  const only = { allowed_recipients: [SHOP] };
  it.each([
    ["ether", ether(SHOP, 1n), ether(THIEF, 1n)],
    ["a transfer", token("transfer", SHOP, 1n), token("transfer", THIEF, 1n)],
    ["an approval", token("approve", SHOP, 1n), token("approve", THIEF, 1n)],
  ])("lets %s through to who is listed and to nobody else", (_title, good, bad) => {
    expect(code(operation([good]), only)).toMatchObject({ native: expect.any(BigInt) });
    expect(code(operation([bad]), only)).toBe("recipient_not_allowed");
    expect(code(operation([good, bad]), only)).toBe("recipient_not_allowed");
  });

  it("lets a listed function of a listed target through, and no other", () => {
    const listed = { allowed_functions: [{ target: ROUTER, selector: SWAP }] };
    expect(code(operation([{ to: ROUTER, value: 0n, data: SWAP }]), listed)).toMatchObject({ native: GAS_COST });
    expect(code(operation([{ to: ROUTER, value: 0n, data: "0x12345679" }]), listed)).toBe("function_not_allowed");
    expect(code(operation([{ to: SHOP, value: 0n, data: SWAP }]), listed)).toBe("function_not_allowed");
    expect(code(operation([token("transfer", SHOP, 1n)]), listed)).toBe("function_not_allowed");
  });

  it("never lets a module's installation through, listed or not", () => {
    const selector = "0x6d61fe70"; // onInstall(bytes)
    expect(code(operation([{ to: ROUTER, value: 0n, data: selector }]), { allowed_functions: [{ target: ROUTER, selector }] })).toBe("function_not_allowed");
  });
});

describe("the operation's window", () => {
  const at = (validAfter: bigint, validUntil: bigint): unknown => code(operation([ether(SHOP, 1n)], {}, { validAfter, validUntil }));
  it("may end as late as the session says, and not later", () => {
    expect(at(now(), now() + 300n)).toMatchObject({ native: GAS_COST + 1n });
    expect(at(now(), now() + 310n)).toBe("window_refused");
  });
  it("is refused when it is over, or empty", () => {
    expect(at(now() - 10n, now())).toBe("window_refused");
    expect(at(now() + 20n, now() + 20n)).toBe("window_refused");
  });
});

describe("accounts of other kinds", () => {
  const RULER = "0x00000000000000000000000000000000000000b3";
  const listed = { allowed_functions: [{ target: RULER, selector: SWAP }] };
  const of = (kind: AccountKind, forbidden: Hex[] = [RULER]): JudgedSession => ({ ...session, account: { ...session.account, session: { kind, module: DEPLOYMENT.module, forbidden } } });
  const nonceOf = (kind: AccountKind): bigint => LANES[kind].nonceKey(DEPLOYMENT.module) << 64n;
  const judgeAs = (asked: JudgedSession, body: unknown): unknown => {
    try {
      return judgeSessionOperation(operationRequest.parse(body), clip(sessionPolicy.parse({ ...RULES, ...listed }), NO_RULES), asked, now()).charges.native;
    } catch (error) {
      return (error as { code: unknown }).code;
    }
  };
  const KINDS_WITH_RULERS = ["kernel", "nexus", "msa", "openzeppelin", "safe7579"] as const;

  it.each(ACCOUNT_KINDS)("act by %s under its own nonces, and not under another's", (kind) => {
    expect(judgeAs(of(kind), operation([ether(SHOP, 0n)], { nonce: nonceOf(kind) }))).toBe(GAS_COST);
    const foreign = ACCOUNT_KINDS.filter((other) => nonceOf(other) !== nonceOf(kind));
    for (const other of foreign) expect(judgeAs(of(kind), operation([ether(SHOP, 0n)], { nonce: nonceOf(other) }))).toBe("session_key_mismatch");
  });

  it.each(KINDS_WITH_RULERS)("call nothing that rules %s, listed or not, alone or in a batch, with or without value", (kind) => {
    const nonce = nonceOf(kind);
    const call = { to: RULER, value: 0n, data: SWAP } as const;
    expect(judgeAs(of(kind, []), operation([call], { nonce }))).toBe(GAS_COST);
    for (const calls of [[call], [ether(SHOP, 0n), call], [ether(RULER, 1n)]]) expect(judgeAs(of(kind), operation(calls, { nonce }))).toBe("target_forbidden");
  });

  it.each(ACCOUNT_KINDS)("are never called by `executeUserOp`, when the policy does not say so: %s", (kind) => {
    const { callData } = sessionOperation(SENDER, KEY, [ether(SHOP, 0n)]);
    expect(judgeAs(of(kind), operation([ether(SHOP, 0n)], { nonce: nonceOf(kind), callData: concat(["0x8dd7712f", callData]) }))).toBe("call_data_malformed");
  });

  it.each(ACCOUNT_KINDS)("are called by it where the policy says so, and only when they are a Kernel: %s", (kind) => {
    const { callData, signature } = sessionOperation(SENDER, KEY, [ether(SHOP, 0n)]);
    const { evidence, ...rest } = decodeSessionSignature(signature);
    const decoded = decodeEvidence(evidence);
    const header = encodeHeader({ ...decodeHeader(decoded.header), executeUserOp: true });
    const saysSo = { nonce: nonceOf(kind), signature: encodeSessionSignature({ ...rest, evidence: encodeEvidence({ ...decoded, header }) }) };
    const wrapped = operation([ether(SHOP, 0n)], { ...saysSo, callData: concat(["0x8dd7712f", callData]) });
    expect(judgeAs(of(kind), wrapped)).toBe(kind === "kernel" ? GAS_COST : "call_data_malformed");
    expect(judgeAs(of(kind), operation([ether(SHOP, 0n)], saysSo))).toBe(kind === "kernel" ? "call_data_malformed" : GAS_COST);
  });
});

it("knows the EntryPoint by its address in any case", () => {
  expect(judge(operation([ether(SHOP, 1n)])).userOpHash).toBe(judge(bodyOf(sessionOperation(SENDER, KEY, [ether(SHOP, 1n)]), ENTRY_POINT_ADDRESSES["0.7"])).userOpHash);
  expect(ENTRY_POINT).toMatch(/^0x/);
});
