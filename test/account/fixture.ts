import { artifacts } from "hardhat";
import {
  type Abi,
  type Address,
  decodeErrorResult,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  hexToBigInt,
  keccak256,
  parseAbi,
  parseEther,
  type PrivateKeyAccount,
  zeroAddress,
} from "viem";
import { type Chain, ENTRY_POINTS, fixedAccount, openChain } from "../../bench/chain.ts";
import { handleOps, refusal, revertData } from "../../bench/handleOps.ts";
import {
  type Call,
  encodeExecute,
  encodeSingle,
  MODE_SINGLE,
  nonceKey,
  type PackedUserOperation,
  userOperation,
  userOpHash,
} from "../../bench/userOperation.ts";

export const entryPoint = ENTRY_POINTS["0.7"];
export const stranger = fixedAccount(60);
/** Receives what operations send. */
export const recipient = fixedAccount(61).address;
export const NO_SALT: Hex = `0x${"00".repeat(32)}`;

export const accountAbi = parseAbi([
  "function installModule(uint256 moduleType, address module, bytes initData)",
  "function uninstallModule(uint256 moduleType, address module, bytes deInitData)",
  "function isModuleInstalled(uint256 moduleType, address module, bytes context) view returns (bool)",
  "function sessionKeyModule() view returns (address)",
  "function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)",
  "function executeFromExecutor(bytes32 mode, bytes executionCalldata) returns (bytes[])",
  "function initialize(bytes[] owners, uint64 threshold, address guardian)",
  "function addSigners(bytes[] owners)",
  "function removeSigners(bytes[] owners)",
  "function setThreshold(uint64 threshold)",
]);

export const factoryAbi = parseAbi([
  "function implementation() view returns (address)",
  "function createAccount(bytes[] owners, uint64 threshold, address guardian, bytes32 salt) returns (address account)",
  "function getAddress(bytes[] owners, uint64 threshold, address guardian, bytes32 salt) view returns (address)",
]);

/** What signs as an owner, and its ERC-7913 bytes. */
export interface Owner {
  signer: Hex;
  sign(hash: Hex): Promise<Hex>;
}

export function eoaOwner(account: PrivateKeyAccount): Owner {
  return { signer: account.address, sign: (hash) => account.sign({ hash }) };
}

/** Owners in the one order in which `OwnedAccount` takes them: ascending by the hashes of their bytes. */
export function inOrder(owners: readonly Owner[]): readonly Owner[] {
  return owners.toSorted((a, b) => (hexToBigInt(keccak256(a.signer)) < hexToBigInt(keccak256(b.signer)) ? -1 : 1));
}

/** A signature of several owners, as `OwnedAccount` takes it. */
export function signTogether(owners: readonly Owner[], hash: Hex): Promise<Hex> {
  return signInTurn(inOrder(owners), hash);
}

/** The same, in the order given. */
export async function signInTurn(owners: readonly Owner[], hash: Hex): Promise<Hex> {
  return joinSignatures(owners, await Promise.all(owners.map((owner) => owner.sign(hash))));
}

/** Signers and signatures side by side, whether they match or not. */
export function joinSignatures(owners: readonly Owner[], signatures: readonly Hex[]): Hex {
  return encodeAbiParameters([{ type: "bytes[]" }, { type: "bytes[]" }], [owners.map(({ signer }) => signer), signatures]);
}

/** A chain with a module and the implementations of both accounts for it. */
export interface Fixture {
  chain: Chain;
  module: Address;
  delegate: Address;
  factory: Address;
  /** Gives an account ether to send and a deposit to pay gas from. */
  endow(account: Address): Promise<void>;
  /** An `OwnedAccount` of its factory, endowed. */
  createOwned(owners: readonly Owner[], threshold?: bigint, guardian?: Address): Promise<Address>;
  /** An EOA under EIP-7702, endowed; nothing installed. */
  createDelegated(owner: PrivateKeyAccount): Promise<Address>;
}

/**
 * Opens a fresh chain.
 * @param moduleContract stands in for the session key module; empty for an address without code
 */
export async function openFixture(moduleContract = "SessionKeyModule"): Promise<Fixture> {
  const chain = await openChain();
  const args = moduleContract === "SessionKeyModule" ? [await chain.deploy("SessionKeyExtension", [await chain.deploy("SignedGrantExtension")])] : [];
  const module = moduleContract ? await chain.deploy(moduleContract, args) : fixedAccount(70).address;
  const delegate = await chain.deploy("DelegatedAccount", [entryPoint, module]);
  const owned = await chain.deploy("contracts/account/OwnedAccount.sol:OwnedAccount", [entryPoint, module]);
  const factory = await chain.deploy("OwnedAccountFactory", [owned]);
  await chain.fund(stranger.address, parseEther("100"));

  const endow = async (account: Address) => {
    await chain.fund(account, parseEther("10"));
    const data = encodeFunctionData({ abi: parseAbi(["function depositTo(address) payable"]), args: [account] });
    await chain.send({ from: stranger, to: entryPoint, data, value: parseEther("1") });
  };
  return {
    chain,
    module,
    delegate,
    factory,
    endow,
    async createOwned(owners, threshold = 1n, guardian = zeroAddress) {
      const args = [owners.map(({ signer }) => signer), threshold, guardian, NO_SALT] as const;
      await chain.send({
        from: stranger,
        to: factory,
        data: encodeFunctionData({ abi: factoryAbi, functionName: "createAccount", args }),
      });
      const account = await chain.client.readContract({ address: factory, abi: factoryAbi, functionName: "getAddress", args });
      await endow(account);
      return account;
    },
    async createDelegated(owner) {
      await chain.fund(owner.address, parseEther("10"));
      await chain.send({ from: owner, to: stranger.address, delegateTo: delegate });
      await endow(owner.address);
      return owner.address;
    },
  };
}

/** Sends `value` wei to the recipient. */
export function payment(value: bigint): Call {
  return { target: recipient, value };
}

/** An operation of one call, in a lane of a validator's (0: the owner's), its signature made by `sign`. */
export async function operation(
  chain: Chain,
  account: Address,
  call: Call,
  sign: (hash: Hex, op: PackedUserOperation) => Promise<Hex>,
  { validator = zeroAddress, lane = 0 }: { validator?: Address; lane?: number } = {},
): Promise<PackedUserOperation> {
  const callData = encodeExecute(MODE_SINGLE, encodeSingle(call));
  const op = await userOperation(chain, entryPoint, account, nonceKey(validator, lane), callData);
  return { ...op, signature: await sign(await userOpHash(chain, entryPoint, op), op) };
}

/** What the recipient gets when the operation is executed. */
export async function received(chain: Chain, op: PackedUserOperation): Promise<bigint> {
  const before = await chain.client.getBalance({ address: recipient });
  await handleOps(chain, entryPoint, op);
  return (await chain.client.getBalance({ address: recipient })) - before;
}

/** Why an operation is refused: the EntryPoint's reason, or the name of the error that the account reverted with. */
export async function refusedBy(chain: Chain, op: PackedUserOperation): Promise<string | undefined> {
  const found = await refusal(chain, entryPoint, op);
  return found?.inner ? errorName(found.inner) : found?.reason;
}

/** Name of the error that a call reverts with; `undefined` if it does not. */
export async function callRefusedBy(chain: Chain, from: Address, to: Address, data: Hex): Promise<string | undefined> {
  const found = await revertData(chain, { from, to, data });
  return found === undefined ? undefined : errorName(found);
}

async function errorName(data: Hex): Promise<string> {
  const names = ["SessionKeyModule", "contracts/account/OwnedAccount.sol:OwnedAccount", "MockValidator"];
  const all = await Promise.all(names.map((name) => artifacts.readArtifact(name)));
  const abi = all.flatMap((it) => it.abi as Abi).filter((it) => it.type === "error");
  return decodeErrorResult({ abi, data }).errorName;
}
