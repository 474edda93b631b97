import { type Address, type Hex, encodeAbiParameters, encodeFunctionData, parseAbi, parseEther, zeroAddress, zeroHash } from "viem";
import { type PrivateKeyAccount, generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { entryPoint07Abi, type PackedUserOperation } from "viem/account-abstraction";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VERIFIER_CONTRACTS } from "../../../deploy/contracts.ts";
import { deployModule } from "../../../deploy/deployModule.ts";
import { planContracts } from "../../../deploy/src/plan.ts";
import { creationBy } from "../../../deploy/src/proxy.ts";
import { PrecompileMissingError, VerifierNotDeployedError } from "../../../ts-sdk/src/errors/index.ts";
import {
  type KeySigner,
  type P256Support,
  hasP256Precompile,
  requireSignerSupport,
  toContractSigner,
  toEoaSigner,
  toMultisigSigner,
  toP256Signer,
  toWebAuthnSigner,
} from "../../../ts-sdk/src/signers/index.ts";
import { softwareP256, softwarePasskey } from "../../utils/passkey.ts";
import type { Hardfork } from "../anvil.ts";
import { type Chain, deploy, deposit, handleOp, send, sendAs, startChain, succeeded } from "../chain.ts";
import { checkTrace } from "../check.ts";
import { CORE_PRECOMPILES } from "../context.ts";
import { ENTRY_POINTS, ENTRY_POINT_VERSIONS, type EntryPointVersion } from "../entry-points.ts";
import { packOperation } from "../operations.ts";
import { encodeExecute } from "../session-key.ts";
import { traceValidation } from "../tracer.ts";
import { describeViolation } from "../violation.ts";

const FACTORY = parseAbi([
  "function createAccount(bytes[] owners, uint64 threshold, address guardian, bytes32 salt) returns (address)",
  "function getAddress(bytes[] owners, uint64 threshold, address guardian, bytes32 salt) view returns (address)",
]);
const P256_PRECOMPILE = 0x100;
const SIG_VALIDATION_FAILED = "AA24";

const eoa = (): PrivateKeyAccount => privateKeyToAccount(generatePrivateKey());
const p256 = (support: P256Support): KeySigner => toP256Signer({ ...softwareP256(), p256: support });
const passkey = (support: P256Support): KeySigner => toWebAuthnSigner({ ...softwarePasskey(), userVerification: "required", p256: support });
/** One P-256 signature: two computed in Solidity take more gas than bundlers allow for validation. */
const multisig = (support: P256Support): KeySigner =>
  toMultisigSigner({ members: [toEoaSigner(eoa()), passkey(support), p256(support).signer, toEoaSigner(eoa())], threshold: 3 });
const KINDS = { "P-256": p256, passkey, multisig };

/** A chain with module and verifiers. */
async function open(hardfork: Hardfork): Promise<{ chain: Chain; module: Address }> {
  const chain = await startChain([], hardfork);
  const module = await deployModule((name, args) => deploy(chain, name, args));
  for (const planned of await planContracts(VERIFIER_CONTRACTS)) await send(chain, { ...creationBy(planned), gas: 10_000_000n });
  return { chain, module };
}

/** An operation of an account that only `owner` owns. */
async function operationOf({ chain, module }: { chain: Chain; module: Address }, version: EntryPointVersion, owner: KeySigner, hash?: Hex): Promise<PackedUserOperation> {
  const implementation = await deploy(chain, "OwnedAccount", [ENTRY_POINTS[version], module]);
  const factory = await deploy(chain, "OwnedAccountFactory", [implementation]);
  const args = [[owner.signer], 1n, zeroAddress, zeroHash] as const;
  const address = await chain.client.readContract({ address: factory, abi: FACTORY, functionName: "getAddress", args });
  await sendAs(chain, chain.sender, factory, encodeFunctionData({ abi: FACTORY, functionName: "createAccount", args }));
  await chain.client.setBalance({ address, value: parseEther("1") });
  await deposit(chain, version, address);
  const userOp = packOperation(address, 0n, { callData: encodeExecute([{ target: eoa().address, value: 1n, permission: 0 }]) });
  const signed = hash ?? (await chain.client.readContract({ address: ENTRY_POINTS[version], abi: entryPoint07Abi, functionName: "getUserOpHash", args: [userOp] }));
  const signature = encodeAbiParameters([{ type: "bytes[]" }, { type: "bytes[]" }], [[owner.signer], [await owner.sign({ hash: signed })]]);
  return { ...userOp, signature };
}

async function findings(chain: Chain, version: EntryPointVersion, userOp: PackedUserOperation, precompiles = CORE_PRECOMPILES): Promise<string[]> {
  const trace = await traceValidation(chain.client, ENTRY_POINTS[version], userOp);
  expect(trace.completed).toBe(true);
  return checkTrace(trace, { entryPoint: ENTRY_POINTS[version], sender: userOp.sender, precompiles }).map(describeViolation);
}

describe("on a chain without the P-256 precompile", () => {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => void (opened = await open("prague")));
  afterAll(() => opened.chain.stop());

  it("is known to have none, whatever else it has", async () => {
    expect(await hasP256Precompile(opened.chain.client)).toBe(false);
    await requireSignerSupport(opened.chain.client, multisig("solidity"));
    await expect(requireSignerSupport(opened.chain.client, multisig("precompile"))).rejects.toThrow(PrecompileMissingError);
  });

  describe.each(ENTRY_POINT_VERSIONS)("on EntryPoint %s", (version) => {
    it.each(Object.entries(KINDS))("a %s in Solidity breaks no rule, and its operation lands", async (_, make) => {
      const userOp = await operationOf(opened, version, make("solidity"));
      expect(await findings(opened.chain, version, userOp)).toEqual([]);
      expect(succeeded(await handleOp(opened.chain, version, userOp))).toBe(true);
    });

    it.each(Object.entries(KINDS))("a %s over another hash fails as a signature, without a revert", async (_, make) => {
      const userOp = await operationOf(opened, version, make("solidity"), zeroHash);
      await expect(handleOp(opened.chain, version, userOp)).rejects.toThrow(SIG_VALIDATION_FAILED);
    });

    it.each(Object.entries(KINDS))("a %s that needs the precompile is refused, and nothing else tried", async (_, make) => {
      await expect(handleOp(opened.chain, version, await operationOf(opened, version, make("precompile")))).rejects.toThrow(/AA2[34]/);
    });

    it("a contract's owner set is storage that validation may not read; outside of it the contract signs", async () => {
      const owner = eoa();
      const contract = await deploy(opened.chain, "SigningContract", [owner.address]);
      const signer = toContractSigner({ address: contract, sign: ({ hash }) => owner.sign({ hash }) });
      const userOp = await operationOf(opened, version, signer);
      expect(await findings(opened.chain, version, userOp)).toEqual([expect.stringMatching(/^STO-.* of slot/)]);
      expect(succeeded(await handleOp(opened.chain, version, userOp))).toBe(true);
    });
  });
});

describe("on a chain with the P-256 precompile", () => {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => void (opened = await open("osaka")));
  afterAll(() => opened.chain.stop());

  it("is known to have it, and a verifier that is missing is named", async () => {
    expect(await hasP256Precompile(opened.chain.client)).toBe(true);
    const signer = multisig("precompile");
    await requireSignerSupport(opened.chain.client, signer);
    const missing = { ...signer, verifiers: [zeroAddress] };
    await expect(requireSignerSupport(opened.chain.client, missing)).rejects.toThrow(VerifierNotDeployedError);
  });

  describe.each(ENTRY_POINT_VERSIONS)("on EntryPoint %s", (version) => {
    it.each(Object.entries(KINDS))("a %s breaks no rule either way, and with the precompile calls nothing but that", async (_, make) => {
      const inSolidity = await operationOf(opened, version, make("solidity"));
      expect(await findings(opened.chain, version, inSolidity)).toEqual([]);
      expect(succeeded(await handleOp(opened.chain, version, inSolidity))).toBe(true);
      const userOp = await operationOf(opened, version, make("precompile"));
      expect(await findings(opened.chain, version, userOp, [...CORE_PRECOMPILES, P256_PRECOMPILE])).toEqual([]);
      expect(succeeded(await handleOp(opened.chain, version, userOp))).toBe(true);
    });

    it("is a finding for bundlers that know no more than precompiles 1 to 9", async () => {
      const userOp = await operationOf(opened, version, p256("precompile"));
      expect(await findings(opened.chain, version, userOp)).toEqual([expect.stringMatching(/^OP-062/)]);
    });
  });
});
