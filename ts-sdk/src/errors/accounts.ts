import type { Address } from 'viem'
import { ValetError } from './base.ts'

const DOCS = 'ACCOUNTS.md#what-goes-wrong'

/** Nothing lives at the address yet. */
export class AccountNotDeployedError extends ValetError {
  constructor(account: Address) {
    super('AccountNotDeployed', `There is no account at ${account} yet: the address has no code.`, {
      metaMessages: [
        "Let the owner send the account's first operation, which deploys it, or delegate the EOA, then install the module.",
      ],
      docsPath: DOCS,
    })
    this.name = 'AccountNotDeployedError'
  }
}

/** The account does not say what it is, or says something unheard of. */
export class UnknownAccountError extends ValetError {
  readonly accountId: string | undefined

  constructor(account: Address, accountId: string | undefined) {
    super(
      'UnknownAccount',
      accountId === undefined
        ? `The contract at ${account} is no ERC-7579 account: it does not answer \`accountId()\`.`
        : `The account ${account} calls itself "${accountId}", which is no kind that the SDK knows.`,
      {
        metaMessages: ['If it is like one of `ACCOUNT_ADAPTERS`, pass that as `adapter`; or write an adapter for it.'],
        docsPath: DOCS,
      },
    )
    this.name = 'UnknownAccountError'
    this.accountId = accountId
  }
}

/** The account obeys another EntryPoint than the one that was named. */
export class WrongEntryPointError extends ValetError {
  readonly expected: Address
  readonly given: Address

  constructor(account: Address, expected: Address, given: Address) {
    super('WrongEntryPoint', `The account ${account} obeys the EntryPoint ${expected}, not ${given}.`, {
      metaMessages: ['Leave `entryPoint` out, and the account is asked for its own.'],
      docsPath: DOCS,
    })
    this.name = 'WrongEntryPointError'
    this.expected = expected
    this.given = given
  }
}

/** The account obeys an EntryPoint that the SDK knows nothing of, such as v0.6. */
export class UnknownEntryPointError extends ValetError {
  readonly entryPoint: Address

  constructor(account: Address, entryPoint: Address) {
    super(
      'UnknownEntryPoint',
      `The account ${account} obeys the EntryPoint ${entryPoint}, which is none of v0.7, v0.8 and v0.9 at their addresses.`,
      {
        metaMessages: [
          'If it is one of them at another address, pass it as `entryPoint`: `{ abi, address, version }`. An account on v0.6 has to be upgraded first.',
        ],
        docsPath: DOCS,
      },
    )
    this.name = 'UnknownEntryPointError'
    this.entryPoint = entryPoint
  }
}

/** The nonce of an operation asks another validator than the session key module. */
export class ForeignNonceKeyError extends ValetError {
  constructor(nonce: bigint, module: Address) {
    super(
      'ForeignNonceKey',
      `The nonce key 0x${(nonce >> 64n).toString(16)} asks another validator than the session key module ${module}.`,
      {
        metaMessages: ['Leave `nonce` out, or take it from `getNonce({ key: lane })` of the session key account.'],
        docsPath: DOCS,
      },
    )
    this.name = 'ForeignNonceKeyError'
  }
}

/** The account reaches its owner through a validator, and which one was not said. */
export class OwnerValidatorNeededError extends ValetError {
  constructor(kind: string) {
    super('OwnerValidatorNeeded', `An account of kind "${kind}" knows its owner through a validator only.`, {
      metaMessages: ['Pass the address of the validator that the owner signs for as `ownerValidator`.'],
      docsPath: DOCS,
    })
    this.name = 'OwnerValidatorNeededError'
  }
}

/** The account runs a hook around the module's operations, for which it would have to be called by another function. */
export class ModuleHookedError extends ValetError {
  readonly hook: Address

  constructor(account: Address, hook: Address) {
    super(
      'ModuleHooked',
      `The account ${account} runs the hook ${hook} around the session key module, and so takes operations by \`executeUserOp\` only, which the policy does not say.`,
      {
        metaMessages: [
          'Grant the key under a policy with `executeUserOp: true`, or let the owner uninstall the module and install it again without a hook.',
        ],
        docsPath: DOCS,
      },
    )
    this.name = 'ModuleHookedError'
    this.hook = hook
  }
}

/** A hook was named for an account that keeps none for each module. */
export class HookNotTakenError extends ValetError {
  constructor(kind: string, type: string) {
    super('HookNotTaken', `An account of kind "${kind}" installs the module as ${type} without a hook of its own.`, {
      metaMessages: ['Leave `hook` out. Only Kernel keeps one for each module.'],
      docsPath: DOCS,
    })
    this.name = 'HookNotTakenError'
  }
}

/** Signatures are to be nested by ERC-7739 in the domain of an account that says none. */
export class AccountDomainUnknownError extends ValetError {
  readonly account: Address

  constructor(account: Address) {
    super('AccountDomainUnknown', `The account ${account} does not say its EIP-712 domain (ERC-5267).`, {
      docsPath: DOCS,
      metaMessages: ['Its owner signs plainly then: leave out `nests`, and take `toGrantSigner` of its adapter.'],
    })
    this.name = 'AccountDomainUnknownError'
    this.account = account
  }
}
