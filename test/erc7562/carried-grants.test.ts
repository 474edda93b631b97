import { type Address, encodeFunctionData, erc20Abi, keccak256, parseAbi, parseEther, zeroAddress } from "viem";
import { entryPoint07Abi } from "viem/account-abstraction";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deployModule } from "../../deploy/deployModule.ts";
import { sessionKeyModuleAbi } from "../../ts-sdk/src/abis/index.ts";
import { toEoaGrantSigner, toOwnersGrantSigner, toSetOwner } from "../../ts-sdk/src/actions/signedGrants.ts";
import { buildEvidence, encodeSessionSignature } from "../../ts-sdk/src/operation/evidence.ts";
import { carryGrant, encodeSignedGrant, grantTypedData } from "../../ts-sdk/src/operation/signedGrant.ts";
import { sessionOperationTypedData } from "../../ts-sdk/src/operation/typedData.ts";
import { encodePolicy } from "../../ts-sdk/src/policy/encodePolicy.ts";
import { ACCOUNT_KINDS, type AccountKind, makeAccount } from "./accounts.ts";
import { type Chain, deploy, handleOp, sendAs, startChain, succeeded } from "./chain.ts";
import { checkTrace } from "./check.ts";
import { ENTRY_POINTS, ENTRY_POINT_VERSIONS, type EntryPointVersion } from "./entry-points.ts";
import { nonceOf, packOperation } from "./operations.ts";
import { encodeExecute } from "./session-key.ts";
import { traceValidation } from "./tracer.ts";
import { describeViolation } from "./violation.ts";

const NOON = BigInt(Date.UTC(2027, 5, 9, 12, 10) / 1000);
const WINDOW = { validAfter: NOON - 60n, validUntil: NOON + 600n };
const RECIPIENT: Address = "0x00000000000000000000000000000000000a11ce";
const MOCK_ERC20 = parseAbi(["function mint(address to, uint256 amount)"]);

let chain: Chain;
let module: Address;
let token: Address;
let snapshot: `0x${string}`;
beforeAll(async () => {
  chain = await startChain(["--timestamp", String(NOON)]);
  module = await deployModule((name, args) => deploy(chain, name, args));
  token = await deploy(chain, "MockERC20", ["A", "A"]);
});
afterAll(() => chain.stop());
beforeEach(async () => {
  snapshot = await chain.client.snapshot();
});
afterEach(() => chain.client.revert({ id: snapshot }));

/** A transfer under a grant that the account's owner only signed. */
async function carrying(kind: AccountKind, version: EntryPointVersion) {
  const { address, owner } = await makeAccount(chain, kind, version, module);
  const route = encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: "setOwnerRoute", args: [zeroAddress] });
  await sendAs(chain, address, module, route);
  await sendAs(chain, chain.sender, token, encodeFunctionData({ abi: MOCK_ERC20, args: [address, 1_000n] }));
  const key = privateKeyToAccount(generatePrivateKey());
  const chainId = await chain.client.getChainId();
  const policy = {
    validAfter: NOON - 3_600n,
    validUntil: NOON + 86_400n,
    nativeLimit: { amount: parseEther("1"), period: "day" },
    rateLimit: { count: 100n, period: "hour" },
    maxUses: 1_000n,
    cooldown: 1n,
    directLane: false,
    header: { meters: [{ token, tag: 0, period: "day", cap: 100n }], paymasters: [], pinnedCode: undefined },
    permissions: {
      hotCount: 0,
      list: [{ kind: "exact", mark: "charged", target: token, selector: "0xa9059cbb", maxValue: 0n, conditions: [] }],
    },
  } as const;
  const entry = { chainId, module, account: address, key: key.address, policy, epoch: 1n, serial: 1n };
  const elsewhere = { ...entry, chainId: chainId + 1, account: zeroAddress };
  const entries = [elsewhere, entry];
  const deadline = WINDOW.validUntil;
  const signer = kind === "7702" ? toEoaGrantSigner(owner) : toOwnersGrantSigner([toSetOwner(owner)]);
  const ownerSignature = await signer.signTypedData(grantTypedData({ entries, deadline }));
  const grant = encodeSignedGrant({ entries, index: 1, deadline, ownerSignature });
  const transfer = encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [RECIPIENT, 40n] });
  const { header, proofs } = encodePolicy(policy);
  const source = { key: key.address, header, list: policy.permissions.list, proofs };
  const evidence = carryGrant({ ...entry, deadline, grant }, buildEvidence(source, address, [{ to: token, value: 0n, data: transfer }]));

  const entryPoint = ENTRY_POINTS[version];
  const reading = { address: entryPoint, abi: entryPoint07Abi } as const;
  const nonce = await chain.client.readContract({ ...reading, functionName: "getNonce", args: [address, nonceOf(module, 0n) >> 64n] });
  const op = packOperation(address, nonce, { callData: encodeExecute([{ target: token, data: transfer, permission: 0 }]) });
  const userOpHash = await chain.client.readContract({ ...reading, functionName: "getUserOpHash", args: [op] });
  const typedData = sessionOperationTypedData({ chainId, module, userOpHash, ...WINDOW, evidenceHash: keccak256(evidence) });
  return { ...op, signature: encodeSessionSignature({ ...WINDOW, evidence, keySignature: await key.signTypedData(typedData) }) };
}

describe.each(ENTRY_POINT_VERSIONS)("an operation that carries its grant, on EntryPoint %s", (version) => {
  it.each(ACCOUNT_KINDS)("breaks no rule of ERC-7562 while a %s account answers for its owner, and executes", async (kind) => {
    const op = await carrying(kind, version);
    const entryPoint = ENTRY_POINTS[version];
    const trace = await traceValidation(chain.client, entryPoint, op);
    const violations = checkTrace(trace, { entryPoint, sender: op.sender });
    expect(violations.map(describeViolation)).toEqual([]);
    expect(succeeded(await handleOp(chain, version, op))).toBe(true);
  });
});
