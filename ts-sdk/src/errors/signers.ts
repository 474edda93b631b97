import type { Address } from 'viem'
import { ValetError } from './base.ts'

const DOCS = 'SIGNERS.md'

/** No key can be made of what was given. */
export class InvalidSignerError extends ValetError {
  constructor(field: string, given: unknown, expected: string) {
    super('InvalidSigner', `\`${field}\` is ${String(given)}, and has to be ${expected}.`, { docsPath: DOCS })
    this.name = 'InvalidSignerError'
  }
}

/** A P-256 signature whose s lies in the upper half of the order: no verifier takes it. */
export class HighSError extends ValetError {
  readonly s: bigint

  constructor(s: bigint) {
    super('HighS', `The signature's s, 0x${s.toString(16)}, lies in the upper half of the curve's order.`, {
      docsPath: DOCS,
      metaMessages: ['Each signature has a twin with the order minus s: `toLowS` gives the one that verifiers take.'],
    })
    this.name = 'HighSError'
    this.s = s
  }
}

/** What a rule of WebAuthn is about. */
export type PasskeyRule =
  | 'type'
  | 'challenge'
  | 'origin'
  | 'crossOrigin'
  | 'rpId'
  | 'userPresence'
  | 'userVerification'
  | 'backup'
  | 'authenticatorData'
  | 'clientData'

/** The passkey answered, and its answer breaks a rule that the verifier holds it to. */
export class PasskeyRefusedError extends ValetError {
  readonly rule: PasskeyRule

  constructor(rule: PasskeyRule, actual: string, expected: string) {
    super('PasskeyRefused', `The passkey's answer breaks the rule on ${rule}: it has ${actual} in place of ${expected}.`, {
      docsPath: DOCS,
    })
    this.name = 'PasskeyRefusedError'
    this.rule = rule
  }
}

/** The key was made for chains with the P-256 precompile, and this one has none. */
export class PrecompileMissingError extends ValetError {
  readonly chainId: number

  constructor(chainId: number) {
    super('PrecompileMissing', `Chain ${chainId} has no P-256 precompile at 0x100, which the key needs.`, {
      docsPath: DOCS,
      metaMessages: ["Make the key with `p256: 'solidity'`. That is another signer, so it needs a grant of its own."],
    })
    this.name = 'PrecompileMissingError'
    this.chainId = chainId
  }
}

/** A verifier that the key names is not on the chain. */
export class VerifierNotDeployedError extends ValetError {
  readonly verifier: Address

  constructor(verifier: Address, chainId: number) {
    super('VerifierNotDeployed', `There is no verifier at ${verifier} on chain ${chainId}.`, {
      docsPath: DOCS,
      metaMessages: ['`npm run deploy` puts the verifiers at the same addresses on every chain.'],
    })
    this.name = 'VerifierNotDeployedError'
    this.verifier = verifier
  }
}

/** A contract answers for the key from its own storage, which no operation may read while it is validated. */
export class ContractSignerInBundlerLaneError extends ValetError {
  readonly contract: Address

  constructor(contract: Address) {
    super('ContractSignerInBundlerLane', `The contract ${contract} (ERC-1271) cannot sign operations for a bundler.`, {
      docsPath: DOCS,
      metaMessages: [
        'It answers from its own storage, and ERC-7562 lets validation read none but what belongs to the account.',
        "Use it where no bundler validates, or give its owners' keys as a multisig.",
      ],
    })
    this.name = 'ContractSignerInBundlerLaneError'
    this.contract = contract
  }
}
