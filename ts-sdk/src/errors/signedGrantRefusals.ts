import type { Hex } from 'viem'
import type { Refusal } from './refusals.ts'

const big = (value: unknown): bigint => value as bigint

/** What is refused about what an owner signed off chain, by the error's name. */
export const SIGNED_GRANT_REFUSALS: Readonly<Record<string, (args: readonly unknown[]) => Refusal>> = {
  OwnerRouteNotSet: () => ({
    reason: "The account has not said how it is to be asked for its owner's signature.",
    figures: {},
    hint: 'The account calls `setOwnerRoute` once, or installs the module with a route.',
  }),
  OwnerSignatureRouted: ([, validator]) => ({
    reason: `The owner's signature begins with the account's validator ${validator}, which its owner route does not.`,
    figures: { target: validator as Hex },
  }),
  OwnerSignatureInvalid: () => ({ reason: 'The account does not know this as signed by its owner.', figures: {} }),
  OwnerSignatureBoundToChain: ([, count]) => ({
    reason: `The account binds its owner's signatures to itself and its chain, so one cannot stand for ${count} grants.`,
    figures: { attempted: big(count), limit: 1n },
    hint: 'Have each grant signed on its own.',
  }),
  SignedGrantMalformed: ([offset]) => ({ reason: `The signed grant is malformed at byte ${offset}.`, figures: {} }),
  SignedGrantExpired: ([deadline, at]) => ({
    reason: `The signed grant had to be used by ${new Date(Number(deadline) * 1000).toISOString()}.`,
    figures: { limit: big(deadline), attempted: big(at) },
  }),
  GrantOutdated: ([epoch, serial, expectedEpoch, expectedSerial]) => ({
    reason: `The grant is for epoch ${epoch} and serial ${serial}; the next one is for epoch ${expectedEpoch} and serial ${expectedSerial}.`,
    figures: { attempted: big(serial), limit: big(expectedSerial) },
    hint: 'It was used, updated, revoked or burned: have a new one signed.',
  }),
  RevocationOutdated: ([, serial, , currentSerial]) => ({
    reason: `The revocation of serial ${serial} reaches nothing: the key is at serial ${currentSerial}.`,
    figures: { attempted: big(serial), limit: big(currentSerial) },
  }),
}
