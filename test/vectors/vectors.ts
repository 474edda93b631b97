import { concat, hashTypedData, keccak256, toHex, zeroAddress, zeroHash } from 'viem'
import {
  type Call,
  PERIODS,
  PERIOD_CODES,
  type Policy,
  type ReceivedRule,
  buildEvidence,
  coveringPermission,
  encodeBody,
  encodeCosignature,
  encodeExecutions,
  encodePolicy,
  encodePolicySettings,
  encodeSessionSignature,
  encodeSigner,
  hashPermission,
  keyIdOf,
  kindCode,
  markCode,
  meterIdOf,
  periodEnd,
  periodIndex,
  sessionCosignatureTypedData,
  sessionOperationTypedData,
} from '../../ts-sdk/src/index.ts'
import { frameCalls } from '../../ts-sdk/src/operation/frame.ts'
import {
  CHAIN_ID,
  account,
  approval,
  coSigner,
  dai,
  everything,
  guarded,
  key,
  many,
  measured,
  module,
  named,
  payment,
  router,
  swap,
  swaps,
  transfer,
  uint,
  usdc,
} from './policies.ts'

/**
 * Known answers for docs/WIRE-FORMAT.md, for any language to read: numbers are 32-byte hex words, so that no reader
 * loses a digit.
 */

/** What a policy's bytes stand for, field by field; what is not there is zero or empty. */
function describeParts({ header, permissions }: Policy) {
  return {
    meters: header.meters.map(({ token, tag, period, cap }) => ({
      subject: token,
      tag: uint(tag),
      period: uint(PERIOD_CODES[period]),
      cap: uint(cap),
    })),
    paymasters: header.paymasters.map((it) => ({
      paymaster: it.address,
      mode: uint(it.mode === 'token' ? 2 : 1),
      prefix: it.prefix,
      meterIndex: uint(it.mode === 'token' ? it.meterIndex : 0),
      rate: uint(it.mode === 'token' ? it.rate : 0),
    })),
    ephemeral: header.frame?.ephemeral ?? [],
    received: (header.frame?.received ?? []).map(describeReceived),
    coSigner: header.coSigner ? encodeSigner(header.coSigner.signer) : '0x',
    thresholds: (header.coSigner?.thresholds ?? []).map(({ meter, above }) => ({
      meterIndex: uint(meter === 'native' ? 255 : meter),
      amount: uint(above),
    })),
    checker: header.checker ?? zeroAddress,
    pinnedCode: header.pinnedCode ?? zeroHash,
    hotCount: uint(permissions.hotCount),
    permissions: permissions.list.map((it) => ({
      kind: uint(kindCode(it.kind)),
      mark: uint(markCode(it.mark)),
      target: it.target,
      selector: it.selector,
      body: encodeBody(it),
    })),
  }
}

function describeReceived(rule: ReceivedRule) {
  const byFeed = 'amount' in rule ? undefined : rule
  const mode = byFeed === undefined ? 1 : byFeed.prices === 'spent' ? 2 : 3
  return {
    mode: uint(mode),
    token: rule.token,
    amount: uint('amount' in rule ? rule.amount : 0),
    meterIndex: uint(byFeed?.meterIndex ?? 0),
    feed: byFeed?.feed ?? zeroAddress,
    feedDecimals: uint(byFeed?.feedDecimals ?? 0),
    spentDecimals: uint(byFeed?.spentDecimals ?? 0),
    receivedDecimals: uint(byFeed?.receivedDecimals ?? 0),
    maxAge: uint(byFeed?.maxAge ?? 0),
    maxSlippage: uint(byFeed?.maxSlippage ?? 0),
  }
}

function describePolicy(name: string, policy: Policy) {
  const encoded = encodePolicy(policy)
  return {
    name,
    settings: uint(encodePolicySettings(policy, 3n, 258n)),
    header: encoded.header,
    headerHash: keccak256(encoded.header),
    permissions: encoded.permissions,
    leaves: policy.permissions.list.map(hashPermission),
    proofs: encoded.proofs,
    permissionsRoot: encoded.permissionsRoot,
    policyRoot: encoded.policyRoot,
    parts: describeParts(policy),
  }
}

async function describeOperation(
  name: string,
  policyName: string,
  policy: Policy,
  calls: readonly Call[],
  { needsCosignature = false, frameId = 0n } = {},
) {
  const { header, proofs } = encodePolicy(policy)
  const { list } = policy.permissions
  const [validAfter, validUntil, userOpHash] = [1_900_000_020n, 1_900_000_079n, keccak256(toHex(name))]
  const evidence = buildEvidence({ key: key.address, header, list, proofs, sets: policy.sets }, account, calls)
  const content = { chainId: CHAIN_ID, module, userOpHash, validAfter, validUntil, evidenceHash: keccak256(evidence) }
  const typedData = sessionOperationTypedData(content)
  const keySignature = await key.signTypedData(typedData)
  const cosigning = sessionCosignatureTypedData(content)
  const cosignDigest = hashTypedData(cosigning)
  const cosignature = needsCosignature ? encodeCosignature(cosignDigest, await coSigner.signTypedData(cosigning)) : '0x'
  return {
    name,
    policy: policyName,
    calls: calls.map(({ to, value, data }) => ({ to, value: uint(value), data })),
    permissionOfCall: calls.map((call) => uint(coveringPermission(list, call, account, policy.sets))),
    // Of a measured key's operation: the calls stand between `open(frameId)` and `close()`, which no leaf covers.
    frameId: uint(frameId),
    callData: encodeExecutions(policy.measured ? frameCalls(module, calls, frameId) : calls),
    validAfter: uint(validAfter),
    validUntil: uint(validUntil),
    evidence,
    evidenceHash: keccak256(evidence),
    userOpHash,
    digest: hashTypedData(typedData),
    keySignature,
    cosignDigest,
    cosignature,
    signature: concat([encodeSessionSignature({ validAfter, validUntil, evidence, keySignature }), cosignature]),
  }
}

const TIMES = [
  '1970-01-01T00:00:00Z',
  '2000-02-29T23:59:59Z',
  '2026-11-22T23:59:59Z',
  '2026-11-23T00:00:00Z',
  '2027-12-31T23:59:59Z',
  '2100-03-01T00:00:00Z',
]

/** Everything in `policy.json`. */
export async function makeVectors() {
  const signer = encodeSigner(key.address)
  return {
    context: { chainId: uint(CHAIN_ID), module, account, key: key.address, signer, keyId: keyIdOf(key.address) },
    meterIds: [
      {
        serial: uint(1),
        token: usdc,
        tag: uint(0),
        identity: uint((BigInt(usdc) << 8n) | 0n),
        meterId: meterIdOf(keyIdOf(key.address), 1n, usdc, 0),
      },
      {
        serial: uint(16_777_215),
        token: dai,
        tag: uint(255),
        identity: uint((BigInt(dai) << 8n) | 255n),
        meterId: meterIdOf(keyIdOf(key.address), 16_777_215n, dai, 255),
      },
    ],
    periods: PERIODS.flatMap((period) =>
      TIMES.map((text) => {
        const time = BigInt(Date.parse(text) / 1000)
        return {
          period: uint(PERIOD_CODES[period]),
          time: uint(time),
          index: uint(periodIndex(period, time)),
          end: uint(periodEnd(period, time) ?? 2n ** 48n - 1n),
        }
      }),
    ),
    policies: [
      describePolicy('swaps', swaps),
      describePolicy('everything', everything),
      describePolicy('many', many),
      describePolicy('guarded', guarded),
      describePolicy('measured', measured),
    ],
    operations: [
      await describeOperation('one call', 'everything', everything, [transfer]),
      await describeOperation('a batch that repeats', 'everything', everything, [
        transfer,
        transfer,
        { to: router, value: 5n, data: '0x' },
        { to: dai, value: 0n, data: '0xdeadbeef00' },
      ]),
      await describeOperation('deep in the tree', 'many', many, [
        { to: named('target 10'), value: 0n, data: '0x0000000b' },
      ]),
      await describeOperation('charges, and a proof of a set', 'guarded', guarded, [
        swap(25_000_000n),
        swap(25_000_000n),
        payment(named('second member'), 50_000_000n),
        payment(dai, 0n),
      ]),
      await describeOperation('above the threshold', 'guarded', guarded, [payment(router, 50_000_001n)], { needsCosignature: true }),
      await describeOperation('measured', 'measured', measured, [approval(router, 25_000_000n), swap(25_000_000n)], { frameId: 0xf4a3e5n }),
    ],
  }
}
