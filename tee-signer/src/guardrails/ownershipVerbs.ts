import { isDeepStrictEqual } from "node:util";
import { type Address, zeroAddress } from "viem";
import { z } from "zod/v4";
import { checkStanding } from "../operation/ownership.ts";
import { ACCOUNT_KINDS, type AccountDefinition, type StandingDefinition } from "../protocol/accounts.ts";
import { type ApiRequest } from "../protocol/api.ts";
import { SignerError } from "../protocol/errors.ts";
import { address, bytes32, uint256 } from "../protocol/primitives.ts";
import { type SmartAccount } from "../storage/wallets.ts";
import { accountOf } from "./accountVerbs.ts";
import { type Context } from "./context.ts";
import { param, read } from "./input.ts";
import { checkWallet } from "./signing.ts";
import { smartAccountView } from "./views.ts";
import { walletOf } from "./walletVerbs.ts";

/** Seconds that the block may be old: some chains take hours until a block is final. */
export const MAX_AGE = 86_400;
/** Seconds by which the chain's clock may be ahead. */
const SKEW = 15;

const claimBody = z.strictObject({
  /** A block that is final, at which everything else was read. `timestamp` in seconds since 1970. */
  finalized: z.strictObject({ number: uint256, hash: bytes32, timestamp: z.number().int().nonnegative() }),
  kind: z.enum(ACCOUNT_KINDS),
  entry_point_version: z.string(),
  /** The session key module, which the account has as its validator. */
  module: address,
  /** Of the account in that module; zero: none. */
  guardian: address,
  /** Validators that the account says to have. */
  validators: z.array(address).max(8).optional(),
  /** Of a Safe. */
  owners: z.array(address).max(50).optional(),
  threshold: z.number().int().optional(),
});
export type OwnershipClaim = z.output<typeof claimBody>;

/**
 * Whether what was read from the chain is what was registered.
 *
 * @param owner address of the wallet's key
 * @param now seconds since 1970
 * @returns the definition, attested
 * @throws SignerError `ownership_not_proven`, and those of an account that may not be owned
 */
export function attestDefinition(definition: AccountDefinition, claim: OwnershipClaim, owner: Address, now: number): StandingDefinition {
  const refuse = (reason: string): never => {
    throw new SignerError("ownership_not_proven", `The account is not the one that was registered: ${reason}.`);
  };
  if (definition.kind === "owned") throw new SignerError("invalid_request", "The address of an account of the factory proves its owners; nothing is left to attest.");
  const ownership = checkStanding(definition, owner);
  const { finalized, guardian } = claim;
  if (finalized.timestamp > now + SKEW) refuse("the block is of the future");
  if (finalized.timestamp < now - MAX_AGE) refuse(`the block is more than ${MAX_AGE} seconds old`);
  if (claim.kind !== definition.kind) refuse(`it is of kind "${claim.kind}"`);
  if (claim.entry_point_version !== definition.entry_point_version) refuse(`it obeys EntryPoint v${claim.entry_point_version}`);
  if (claim.module !== definition.module) refuse(`its session key module is ${claim.module}`);
  if (guardian === zeroAddress) throw new SignerError("account_without_guardian", "The account has no guardian on chain.");
  if (guardian !== ownership.guardian) refuse(`its guardian is ${guardian}`);
  if ("owners" in ownership) {
    if (!isDeepStrictEqual([...(claim.owners ?? [])].sort(), [...ownership.owners].sort())) refuse("the Safe has other owners");
    if (claim.threshold !== ownership.threshold) refuse(`the Safe asks for ${claim.threshold} owners`);
  } else {
    const validators = claim.validators ?? [];
    const { owner_validator: validator } = definition as { owner_validator?: Address };
    if (!validators.includes(ownership.recovery_validator)) throw new SignerError("account_without_recovery", "The account does not have the recovery validator on chain.");
    if (validator !== undefined && !validators.includes(validator)) refuse("it does not have the owner's validator");
  }
  const attested = { number: String(finalized.number), hash: finalized.hash, timestamp: finalized.timestamp };
  return { ...definition, ownership: { ...ownership, attested } } as StandingDefinition;
}

/**
 * Takes the owner's word for what the account has on chain: the signer has none. Only then does the wallet's key sign for
 * an account whose address commits to nothing. The claim is in the audit log.
 *
 * @param now milliseconds since 1970
 */
export async function attestOwnership(context: Context, request: ApiRequest, now: number = Date.now()): Promise<unknown> {
  const claim = read(claimBody, request.body);
  const wallet = await walletOf(context, param(request, "wallet"));
  checkWallet(wallet);
  const { id } = await accountOf(context, request);
  const { finalized, ...said } = claim;
  const record = { subject: wallet.id, at: now, claimed_by: "owner", ...said, finalized: { ...finalized, number: String(finalized.number) } };
  const answer = await context.batcher.add(async (batch): Promise<SmartAccount | SignerError> => {
    const account = await batch.smartAccount(id);
    if (!account) return new SignerError("not_found", "The wallet has no such smart account.");
    const about = { chain: account.chainId, address: account.address };
    try {
      const definition = attestDefinition(account.definition, claim, wallet.address, Math.floor(now / 1000));
      const attested = { ...account, definition };
      await batch.define(attested);
      await batch.audit.append({ ...record, ...about, type: "smart_account.ownership_attested" });
      return attested;
    } catch (error) {
      if (!(error instanceof SignerError)) throw error;
      await batch.audit.append({ ...record, ...about, type: "smart_account.ownership_refused", code: error.code, reason: error.shortMessage });
      return error;
    }
  });
  if (answer instanceof SignerError) throw answer;
  return smartAccountView(answer);
}
