import {
  type Address,
  type Hex,
  encodeFunctionData,
  getAddress,
  hashTypedData,
  keccak256,
  parseAbi,
  parseEther,
  toHex,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import {
  type Call,
  buildEvidence,
  definePolicy,
  encodeCallList,
  encodeCosignature,
  encodeExecutions,
  encodePolicy,
  encodePolicySettings,
  encodeRedemptionContext,
  encodeSessionSignature,
  encodeSigner,
  sessionCosignatureTypedData,
  sessionOperationTypedData,
  sessionRedemptionCosignatureTypedData,
  sessionRedemptionTypedData,
} from '../../ts-sdk/src/index.ts'
import { encodeCoSigner } from '../../ts-sdk/src/policy/coSigner.ts'

/**
 * Known answers for what two sign, in both lanes, for any language to read: numbers are 32-byte hex words. Whoever reads
 * them can grant the policy, run the redemptions one after the other in the second `time`, and validate the operations.
 */

const named = (name: string): Address => getAddress(`0x${keccak256(toHex(name)).slice(-40)}`)
const uint = (value: bigint | number): Hex => toHex(value, { size: 32 })

const key = privateKeyToAccount(keccak256(toHex('session key')))
const coSigner = privateKeyToAccount(keccak256(toHex('co-signer')))
const account = named('account')
const module = named('module')
const usdc = named('usdc')
const payee = named('payee')
const checker = named('checker')
const CHAIN_ID = 31_337
const WINDOW = { validAfter: 1_900_000_000n, validUntil: 1_900_000_300n }
const TIME = 1_900_000_100n
/** Of an account that has installed the module as validator, and then as executor. */
const EPOCH = 1n
const SERIAL = 1n

const tokenAbi = parseAbi(['function transfer(address to, uint256 amount)'])

const policy = definePolicy({
  validAfter: 1_900_000_000,
  validUntil: 1_900_086_400,
  nativeLimit: { amount: parseEther('0.05'), period: 'day' },
  tokenLimits: [{ token: usdc, amount: 500_000_000n, period: 'day' }],
  meters: { paid: { amount: 400_000_000n, period: 'lifetime' } },
  rateLimits: [
    { count: 20, period: 'hour' },
    { count: 30, period: 'week' },
  ],
  checker,
  directLane: true,
  callPolicies: [
    {
      target: usdc,
      abi: tokenAbi,
      functionName: 'transfer',
      charges: [{ meter: 'paid', by: { argument: 'amount' } }],
    },
    { target: payee, selector: 'none', value: parseEther('0.05') },
  ],
  coSigner: {
    signer: coSigner.address,
    thresholds: [
      { token: usdc, above: 50_000_000n },
      { token: 'native', above: parseEther('0.01') },
      { meter: 'paid', above: 60_000_000n },
    ],
  },
})
const { header, permissions, proofs, policyRoot } = encodePolicy(policy)
const evidenceOf = (calls: readonly Call[]) =>
  buildEvidence({ key: key.address, header, list: policy.permissions.list, proofs }, account, calls)

const transfer = (amount: bigint): Call => ({
  to: usdc,
  value: 0n,
  data: encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [payee, amount] }),
})
const pay = (value: bigint): Call => ({ to: payee, value, data: '0x' })

/** A redemption as the key's EOA sends it, or as anybody does. */
async function describeRedemption(
  name: string,
  calls: readonly Call[],
  { nonce, relayed, cosigned }: { nonce: bigint; relayed: boolean; cosigned: boolean },
) {
  const { mode, executionCalldata } = encodeCallList(calls)
  const evidence = evidenceOf(calls)
  const content = {
    chainId: CHAIN_ID,
    module,
    account,
    epoch: EPOCH,
    serial: SERIAL,
    nonce,
    ...WINDOW,
    mode,
    executionHash: keccak256(executionCalldata),
    evidenceHash: keccak256(evidence),
  }
  const typedData = sessionRedemptionTypedData(content)
  const cosignTypedData = sessionRedemptionCosignatureTypedData(content)
  const keySignature = await key.signTypedData(typedData)
  const cosignDigest = hashTypedData(cosignTypedData)
  const cosignature = encodeCosignature(cosignDigest, await coSigner.signTypedData(cosignTypedData))
  return {
    name,
    nonce: uint(nonce),
    relayed,
    cosigned,
    mode,
    executionCalldata,
    validAfter: uint(WINDOW.validAfter),
    validUntil: uint(WINDOW.validUntil),
    evidence,
    digest: hashTypedData(typedData),
    cosignDigest,
    keySignature,
    cosignature,
    context: encodeRedemptionContext({
      ...WINDOW,
      evidence,
      ...(relayed && { authorization: { nonce, keySignature } }),
      ...(cosigned && { cosignature }),
    }),
  }
}

async function describeOperation(name: string, calls: readonly Call[], cosigned: boolean) {
  const evidence = evidenceOf(calls)
  const content = {
    chainId: CHAIN_ID,
    module,
    userOpHash: keccak256(toHex(name)),
    ...WINDOW,
    evidenceHash: keccak256(evidence),
  }
  const typedData = sessionOperationTypedData(content)
  const cosignTypedData = sessionCosignatureTypedData(content)
  const keySignature = await key.signTypedData(typedData)
  const cosignDigest = hashTypedData(cosignTypedData)
  const cosignature = encodeCosignature(cosignDigest, await coSigner.signTypedData(cosignTypedData))
  return {
    name,
    cosigned,
    userOpHash: content.userOpHash,
    callData: encodeExecutions(calls),
    validAfter: uint(WINDOW.validAfter),
    validUntil: uint(WINDOW.validUntil),
    evidence,
    digest: hashTypedData(typedData),
    cosignDigest,
    keySignature,
    cosignature,
    signature: encodeSessionSignature({
      ...WINDOW,
      evidence,
      keySignature: cosigned ? `${keySignature}${cosignature.slice(2)}` : keySignature,
    }),
  }
}

/** Everything in `cosigning.json`. */
export async function makeCosigningVectors() {
  if (!policy.header.coSigner) throw new Error('the policy has a co-signer')
  return {
    context: {
      chainId: uint(CHAIN_ID),
      time: uint(TIME),
      module,
      account,
      checker,
      key: key.address,
      signer: encodeSigner(key.address),
      coSigner: coSigner.address,
      epoch: uint(EPOCH),
      serial: uint(SERIAL),
    },
    policy: {
      settings: uint(encodePolicySettings(policy, EPOCH, SERIAL)),
      header,
      permissions,
      policyRoot,
      section: encodeCoSigner(policy.header.coSigner),
      thresholds: policy.header.coSigner.thresholds.map(({ meter, above }) => ({
        meterIndex: uint(meter === 'native' ? 255 : meter),
        amount: uint(above),
      })),
    },
    redemptions: [
      await describeRedemption('by the key, alone', [transfer(50_000_000n)], {
        nonce: 0n,
        relayed: false,
        cosigned: false,
      }),
      await describeRedemption('relayed, alone', [pay(parseEther('0.01'))], { nonce: 1n, relayed: true, cosigned: false }),
      await describeRedemption('by the key, a batch that two sign', [transfer(50_000_000n), transfer(1n)], {
        nonce: 2n,
        relayed: false,
        cosigned: true,
      }),
      await describeRedemption('relayed, and two sign', [pay(parseEther('0.01') + 1n)], {
        nonce: 4n,
        relayed: true,
        cosigned: true,
      }),
    ],
    operations: [
      await describeOperation('alone', [transfer(50_000_000n)], false),
      await describeOperation('a batch that two sign', [transfer(50_000_001n), pay(1n)], true),
    ],
  }
}
