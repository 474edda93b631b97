import { type Address, type Hex, isAddressEqual, keccak256, size, slice, zeroHash } from 'viem'
import {
  type SmartAccountImplementation,
  type UserOperation,
  type UserOperationRequest,
  getUserOperationHash,
  toPackedUserOperation,
  toSmartAccount,
} from 'viem/account-abstraction'
import { getChainId, readContract } from 'viem/actions'
import { getCeiling } from '../actions/ceilings.ts'
import { type KeyState, readKeyState } from '../actions/readKeyState.ts'
import { type OperationPreview, previewPacked } from '../actions/previewPacked.ts'
import { previewRedeem, signRedemption } from '../actions/redeem.ts'
import { requireArguments } from '../operation/requireArguments.ts'
import { PolicyMismatchError, SessionKeyCannotSignError } from '../errors/actions.ts'
import { ModuleHookedError } from '../errors/accounts.ts'
import { CosignatureNeededError } from '../errors/cosigning.ts'
import { completeCosignedOperation } from '../cosigning/complete.ts'
import { toCosignRequest } from '../cosigning/request.ts'
import { gasCouldNeedCosignature } from '../operation/cosignature.ts'
import { type Call, type CallRequest, decodeExecutions, encodeExecutions, toCall, unwrapExecuteUserOp, wrapInExecuteUserOp } from '../operation/executions.ts'
import { frameCalls, unframedCalls } from '../operation/frame.ts'
import { buildEvidence, decodeSessionSignature, encodeSessionSignature } from '../operation/evidence.ts'
import { cosignatureWithin, joinSignatures } from '../operation/signatures.ts'
import { bindingPeriods, touchedMeters } from '../operation/touchedMeters.ts'
import { carryGrant } from '../operation/signedGrant.ts'
import { sessionOperationTypedData } from '../operation/typedData.ts'
import type { OperationWindow } from '../operation/window.ts'
import { encodePolicy } from '../policy/encodePolicy.ts'
import { encodeSigner, isEoa, signerBytes } from '../policy/signer.ts'
import { toSessionSigner } from '../signers/sessionSigner.ts'
import { stubCosignatureOf } from '../signers/stubs.ts'
import { requireBundlerLane, supportFor } from '../signers/support.ts'
import { verificationGasOf } from '../signers/verify.ts'
import { hookedCallGas, validationGas } from './accountGas.ts'
import { awaitWindow } from './awaitWindow.ts'
import { asIfGranted, isPending, requireCarriable } from './carriedGrant.ts'
import { type EntryPoint, type EntryPointVersion, entryPointOf } from './entryPoint.ts'
import { estimateSessionGas } from './estimateSessionGas.ts'
import { findAccount, requireModule } from './findAccount.ts'
import { requireOwnNonce } from './kinds/index.ts'
import { withoutGas } from './operationGas.ts'
import type {
  RedemptionOfKey,
  SessionKeyAccount,
  SessionKeyAccountExtension,
  SessionOperationRequest,
  ToSessionKeyAccountParameters,
} from './sessionKeyAccount.ts'

/**
 * The smart account as its session key may use it: for viem's bundler clients and permissionless' smart account clients.
 * It shows the module the evidence each call needs, chooses the operation's window and waits for it if need be, has the
 * refusals decoded before anything is signed, and corrects the bundler's estimate for what its stub signature leaves out.
 *
 * The account must exist, have installed the module, and hold a live grant of `policy` for the key, or be given one to
 * carry.
 *
 * @throws AccountNotDeployedError, UnknownAccountError, ModuleNotInstalledError, WrongEntryPointError, UnknownEntryPointError,
 * ModuleHookedError, InvalidSignedGrantError, SignedGrantTooLargeError; when it signs for a bundler,
 * ContractSignerInBundlerLaneError
 */
export async function toSessionKeyAccount(parameters: ToSessionKeyAccountParameters): Promise<SessionKeyAccount> {
  const {
    client,
    bundler = client,
    account: address,
    module,
    policy,
    lane = 0,
    precheck = true,
    window: windowOptions = {},
    cosign,
    carriedGrant,
    sets = policy.sets,
  } = parameters
  const expected = typeof parameters.entryPoint === 'string' ? entryPointOf(parameters.entryPoint) : parameters.entryPoint
  const found = await findAccount(client, { account: address, adapter: parameters.adapter, entryPoint: expected })
  const { adapter } = found
  const entryPoint = found.entryPoint ?? entryPointOf('0.7')
  await requireModule(client, { account: address, module, type: 'validator' })
  const hook = policy.header.executeUserOp ? undefined : await adapter.hookOf?.(client, { account: address, module })
  if (hook) throw new ModuleHookedError(address, hook)
  const signer = toSessionSigner(parameters.signer)
  const key = signerBytes(signer.key)
  const encoded = encodePolicy(policy)
  const { header, permissions } = policy
  if (carriedGrant) requireCarriable(carriedGrant, { account: address, module, key, policyRoot: encoded.policyRoot })
  const source = { key, header: encoded.header, list: permissions.list, proofs: encoded.proofs, sets }

  const readState = async (): Promise<KeyState> => {
    const state = await readKeyState(client, { module, account: address, key, header })
    if (carriedGrant && isPending(state, carriedGrant)) return asIfGranted(state, carriedGrant)
    if (state.settings.active && state.policyRoot !== encoded.policyRoot) {
      throw new PolicyMismatchError(state.policyRoot, encoded.policyRoot)
    }
    return state
  }

  /** A state as if granted has no root. */
  const isPendingState = (state: KeyState): boolean => carriedGrant !== undefined && state.policyRoot === zeroHash && state.settings.active
  /** A measured key's calls go into its frame. */
  const encode = (calls: readonly CallRequest[]): Hex => {
    const callData = encodeExecutions(policy.measured ? frameCalls(module, calls.map(toCall)) : calls)
    return header.executeUserOp ? wrapInExecuteUserOp(callData) : callData
  }

  const touched = (calls: readonly Call[], paymaster: Address | undefined): ReadonlySet<number> =>
    touchedMeters({ header, list: permissions.list, sets }, address, calls, paymaster)

  /** Tokens in which a paymaster is paid, which may have ceilings too. */
  const paidTokens = (paymaster: Address | undefined): readonly Address[] =>
    header.paymasters.flatMap((entry) => {
      if (entry.mode !== 'token' || !paymaster || !isAddressEqual(entry.address, paymaster)) return []
      const token = header.meters[entry.meterIndex]?.token
      return token ? [token] : []
    })

  /** The key's words, and the periods of the account's ceilings that an operation may charge. */
  const readWithCeilings = async (calls: readonly Call[], paymaster: Address | undefined): Promise<KeyState> => {
    const state = await readState()
    if (!state.control.hasCeilings) return state
    const tokens = [undefined, ...new Set([...calls.map((call) => call.to), ...paidTokens(paymaster)])]
    const ceilings = await Promise.all(tokens.map((token) => getCeiling(client, { module, account: address, token })))
    return { ...state, ceilingPeriods: ceilings.flatMap((ceiling) => (ceiling ? [ceiling.period] : [])) }
  }

  /** Window and evidence for an operation, and the key's words that they were chosen by. */
  const arrange = async (operation: { callData?: Hex | undefined; paymaster?: Address | undefined }) => {
    const calls = decodeForEvidence(module, operation.callData ?? '0x')
    const meters = touched(calls, operation.paymaster)
    const { state, window } = await awaitWindow(
      () => readWithCeilings(calls, operation.paymaster),
      ({ ceilingPeriods = [] }) => [...bindingPeriods(header, meters), ...ceilingPeriods],
      windowOptions,
    )
    const evidence = buildEvidence(source, address, calls)
    const carries = carriedGrant !== undefined && isPendingState(state)
    return { state, window, meters, evidence: carries ? carryGrant(carriedGrant, evidence) : evidence }
  }

  /** Says which argument breaks which rule before a window is waited for or anybody is asked. */
  const checkArguments = (callData: Hex | undefined): void =>
    requireArguments({ list: permissions.list, account: address, sets }, decodeForEvidence(module, callData ?? '0x'))

  const ask = (operation: UserOperationRequest | UserOperation, window: OperationWindow, evidence: Hex) =>
    previewPacked(client, {
      module,
      header,
      userOperation: toPackedUserOperation({
        ...operation,
        sender: address,
        signature: encodeSessionSignature({ ...window, evidence, keySignature: '0x' }),
      } as UserOperation),
    })

  const coSigner = header.coSigner?.signer
  const stubCosignature = (): Hex => (coSigner ? stubCosignatureOf(coSigner, parameters.coSigner) : '0x')
  const requireCosignerInLane = (): void => {
    if (coSigner) requireBundlerLane(supportFor(coSigner))
  }

  /** A verifier checks the key or the co-signer of a policy that has one. */
  const isFramed = coSigner !== undefined && !(isEoa(coSigner) && isEoa(key))
  /**
   * Gas of both signatures' checks, where a verifier makes one. The estimate's operation has a key signature that verifiers
   * refuse at a glance: a right one would be checked twice, to tell whose fault the stub of a co-signature is.
   */
  const missingSignatureGas = async (signature: Hex = '0x'): Promise<bigint> => {
    if (!coSigner || !isFramed || size(signature) === 0) return 0n
    const stub = cosignatureWithin(decodeSessionSignature(signature).keySignature)
    if (size(stub) === 0) return 0n
    const gas = await Promise.all([
      verificationGasOf(client, coSigner, slice(stub, 4)),
      verificationGasOf(client, key, signer.stubSignature),
    ])
    return gas[0] + gas[1]
  }
  const stubSignatures = (evidence: Hex, both: boolean): Hex => {
    const cheap: Hex = `0x${'ff'.repeat(size(signer.stubSignature))}`
    return joinSignatures(evidence, both && isFramed ? cheap : signer.stubSignature, both ? stubCosignature() : '0x')
  }

  const account = await toSmartAccount({
    client,
    entryPoint: entryPoint as { abi: EntryPoint['abi']; address: Address; version: EntryPointVersion },
    extend: {
      module,
      policy: sets ? { ...policy, sets } : policy,
      key,
      cosign,
      readKeyState: readState,
      async preview(operation: SessionOperationRequest): Promise<OperationPreview> {
        const callData = 'callData' in operation ? operation.callData : encode(operation.calls)
        const { window, evidence } = await arrange({ callData, paymaster: operation.paymaster })
        return ask({ ...operation, callData } as UserOperationRequest, window, evidence)
      },
      previewRedeem: (request: RedemptionOfKey) =>
        previewRedeem(client, { ...request, module, account: address, policy, key, sets }),
      signRedemption: ({ nonce, ...request }: RedemptionOfKey & { readonly nonce?: bigint }) =>
        signRedemption(client, {
          ...request,
          module,
          account: address,
          policy,
          signer: parameters.signer,
          sets,
          cosign,
          // One that follows others cannot be held against counters of today.
          ...(nonce === undefined ? { precheck } : { nonce }),
        }),
    } satisfies SessionKeyAccountExtension,

    getAddress: async () => address,
    // A key lives in an account that has granted it, and so exists.
    getFactoryArgs: async () => ({ factory: undefined, factoryData: undefined }),
    encodeCalls: async (calls) => encode(calls),
    decodeCalls: async (data) => unframedCalls(module, decodeExecutions(unwrapExecuteUserOp(data))),

    async getStubSignature(request) {
      requireBundlerLane(signer)
      const operation = (request ?? {}) as UserOperationRequest
      if (precheck) checkArguments(operation.callData)
      const { window, evidence } = await arrange(operation as { callData?: Hex; paymaster?: Address })
      // Without gas figures yet: what is refused now is refused whatever the gas.
      const answer = precheck && operation.callData ? await ask(withoutGas(operation), window, evidence) : undefined
      const mayNeedBoth =
        header.coSigner !== undefined &&
        (answer?.needsCosignature !== false || gasCouldNeedCosignature(header, operation.paymaster as Address | undefined))
      if (answer?.needsCosignature) requireCosignerInLane()
      return encodeSessionSignature({ ...window, evidence, keySignature: stubSignatures(evidence, mayNeedBoth) })
    },

    async signUserOperation({ chainId: givenChainId, ...operation }) {
      requireBundlerLane(signer)
      requireOwnNonce(adapter, module, operation.nonce)
      if (precheck) checkArguments(operation.callData)
      const chainId = givenChainId ?? client.chain?.id ?? (await getChainId(client))
      const { window, evidence } = await arrange(operation as { callData: Hex; paymaster?: Address })
      const answer =
        precheck || header.coSigner !== undefined
          ? await ask(operation as UserOperation, window, evidence)
          : undefined
      const userOpHash = getUserOperationHash({
        chainId,
        entryPointAddress: entryPoint.address,
        entryPointVersion: entryPoint.version,
        userOperation: { ...operation, sender: address, signature: '0x' } as UserOperation,
      })
      const keySignature = await signer.signTypedData(
        sessionOperationTypedData({
          chainId,
          module,
          userOpHash,
          ...window,
          evidenceHash: keccak256(evidence),
        }),
      )
      if (!answer?.needsCosignature || !header.coSigner) {
        return encodeSessionSignature({ ...window, evidence, keySignature: joinSignatures(evidence, keySignature) })
      }
      requireCosignerInLane()
      const request = toCosignRequest({
        chainId,
        account: address,
        module,
        entryPoint,
        key,
        operation: operation as UserOperation,
        window,
        evidence,
        keySignature,
      })
      if (!cosign) throw new CosignatureNeededError(request)
      const { signature } = await completeCosignedOperation(request, await cosign(request), client)
      return signature
    },

    signMessage: async () => cannotSign('message'),
    signTypedData: async () => cannotSign('typed data'),

    userOperation: {
      async estimateGas(request) {
        const operation = request as UserOperationRequest & { callData: Hex; paymaster?: Address }
        const calls = decodeForEvidence(module, operation.callData)
        const meters = touched(calls, operation.paymaster)
        const of = { account: address, entryPoint: entryPoint.address }
        return estimateSessionGas({
          bundler,
          entryPoint: entryPoint.address,
          request: operation,
          readState: () => readWithCeilings(calls, operation.paymaster),
          signatureGas: () => missingSignatureGas(operation.signature),
          validationGas: (whole) => validationGas(client, of, whole),
          callGas: header.executeUserOp
            ? async () => hookedCallGas(client, of, operation.callData, await adapter.hookOf?.(client, { account: address, module }))
            : undefined,
          header,
          meters,
          carriedBytes: (state) =>
            isPendingState(state) ? size(encoded.header) + size(encoded.permissions) + size(encodeSigner(key)) : 0,
        })
      },
    },
  } satisfies SmartAccountImplementation<EntryPoint['abi'], EntryPointVersion, SessionKeyAccountExtension, false>)

  // viem's own asks for a chain on the client and takes the time of day for a nonce key; here a key is a lane.
  return Object.assign(account, {
    getNonce: (options?: { key?: bigint | undefined }): Promise<bigint> =>
      readContract(client, {
        abi: entryPoint.abi,
        address: entryPoint.address,
        functionName: 'getNonce',
        args: [address, adapter.nonceKey(module, options?.key ?? lane)],
      }) as Promise<bigint>,
  }) as unknown as SessionKeyAccount
}

function cannotSign(what: string): never {
  throw new SessionKeyCannotSignError(what)
}

/** Calls to find permissions for. What cannot be decoded has none, and the module says why. */
function decodeForEvidence(module: Address, callData: Hex): readonly Call[] {
  try {
    return unframedCalls(module, decodeExecutions(unwrapExecuteUserOp(callData)))
  } catch {
    return [{ to: '0x0000000000000000000000000000000000000000', value: 0n, data: '0x' }]
  }
}
