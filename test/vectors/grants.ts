import { type Address, type Hex, concat, hashStruct, hashTypedData, keccak256, size, toHex, zeroAddress } from 'viem'
import {
  type GrantEntry,
  type SignedGrant,
  buildEvidence,
  carryGrant,
  definePolicy,
  encodeExecutions,
  encodePolicy,
  encodePolicySettings,
  encodeSessionSignature,
  encodeSignedGrant,
  encodeSigner,
  equals,
  grantTypedData,
  keyIdOf,
  revocationTypedData,
  sessionOperationTypedData,
} from '../../ts-sdk/src/index.ts'
import { CHAIN_ID, account, key, module, named, owner, payment, router, uint, usdc } from './policies.ts'

/** Known answers for what an owner signs off chain, and for what an account sends when it installs the module. */

const DEADLINE = 1_900_086_400n

const policy = definePolicy({
  validAfter: 1_900_000_000,
  validUntil: 1_900_086_400,
  tokenLimits: [{ token: usdc, amount: 100_000_000n, period: 'day' }],
  callPolicies: [{ target: usdc, selector: '0xa9059cbb', args: { 0: equals(router) } }],
})

const entryOf = (changes: Partial<GrantEntry> = {}): GrantEntry => ({
  chainId: CHAIN_ID,
  module,
  account,
  key: key.address,
  policy,
  epoch: 1n,
  serial: 1n,
  ...changes,
})

function describeEntry(entry: GrantEntry) {
  const { header, permissions } = encodePolicy(entry.policy)
  const typedData = grantTypedData({ entries: [entry], deadline: DEADLINE })
  const [data] = typedData.message.grants
  if (data === undefined) throw new Error('no entry')
  return {
    chainId: uint(entry.chainId),
    module: entry.module,
    account: entry.account,
    epoch: uint(entry.epoch),
    serial: uint(entry.serial),
    signer: encodeSigner(entry.key),
    settings: uint(encodePolicySettings(entry.policy, entry.epoch, entry.serial)),
    header,
    permissions,
    structHash: hashStruct({ data, primaryType: 'SessionKeyGrant', types: typedData.types }),
  }
}

async function sign(entries: readonly GrantEntry[]) {
  const typedData = grantTypedData({ entries, deadline: DEADLINE })
  const ownerSignature = await owner.signTypedData(typedData)
  const grants = entries.map((_, index) => encodeSignedGrant({ entries, index, deadline: DEADLINE, ownerSignature }))
  return { digest: hashTypedData(typedData), ownerSignature, grants }
}

async function describeGrant(name: string, entries: readonly GrantEntry[]) {
  return { name, deadline: uint(DEADLINE), entries: entries.map(describeEntry), ...(await sign(entries)) }
}

async function describeCarrying(name: string, entry: GrantEntry) {
  const { grants } = await sign([entry])
  const signed: SignedGrant = { ...entry, deadline: DEADLINE, grant: grants[0] as Hex }
  const { header, proofs } = encodePolicy(entry.policy)
  const calls = [payment(router, 40_000_000n)]
  const bare = buildEvidence({ key: key.address, header, list: entry.policy.permissions.list, proofs }, account, calls)
  const evidence = carryGrant(signed, bare)
  const [validAfter, validUntil, userOpHash] = [1_900_000_020n, 1_900_000_079n, keccak256(toHex(name))]
  const typedData = sessionOperationTypedData({
    chainId: CHAIN_ID,
    module,
    userOpHash,
    validAfter,
    validUntil,
    evidenceHash: keccak256(evidence),
  })
  const keySignature = await key.signTypedData(typedData)
  return {
    name,
    grant: signed.grant,
    callData: encodeExecutions(calls),
    validAfter: uint(validAfter),
    validUntil: uint(validUntil),
    evidence,
    userOpHash,
    digest: hashTypedData(typedData),
    signature: encodeSessionSignature({ validAfter, validUntil, evidence, keySignature }),
  }
}

async function describeRevocation(name: string, serial: bigint) {
  const keyId = keyIdOf(key.address)
  const typedData = revocationTypedData({ chainId: CHAIN_ID, module, account, keyId, epoch: 1n, serial })
  return {
    name,
    chainId: uint(CHAIN_ID),
    module,
    account,
    keyId,
    epoch: uint(1),
    serial: uint(serial),
    digest: hashTypedData(typedData),
    ownerSignature: await owner.signTypedData(typedData),
  }
}

function describeInstall(name: string, moduleType: number, guardian: Address | undefined, route: Hex | undefined) {
  return {
    name,
    moduleType: uint(moduleType),
    guardian: guardian ?? zeroAddress,
    hasRoute: route !== undefined,
    route: route ?? '0x',
    data: concat([
      toHex(moduleType, { size: 1 }),
      // A route is always behind a guardian, if only 20 zero bytes.
      ...(guardian || route ? [guardian ?? zeroAddress] : []),
      ...(route ? [toHex(size(route), { size: 1 }), route] : []),
    ]).toLowerCase(),
  }
}

/** Everything in `grants.json`. */
export async function makeGrantVectors() {
  const validator = concat([named('validator'), '0x01']).toLowerCase() as Hex
  return {
    context: { chainId: uint(CHAIN_ID), module, account, owner: owner.address, key: key.address, signer: encodeSigner(key.address) },
    grants: [
      await describeGrant('one entry', [entryOf()]),
      await describeGrant('two chains and two accounts', [
        entryOf({ chainId: 1 }),
        entryOf(),
        entryOf({ account: named('another account') }),
      ]),
    ],
    carrying: [await describeCarrying('carries its grant', entryOf())],
    revocations: [await describeRevocation('the live grant', 1n), await describeRevocation('the grant to come', 2n)],
    installs: [
      describeInstall('as validator', 1, undefined, undefined),
      describeInstall('as validator, with a guardian', 1, named('guardian'), undefined),
      describeInstall('with an empty route', 1, undefined, '0x'),
      describeInstall('with the reference accounts\u2019 route', 1, named('guardian'), zeroAddress),
      describeInstall('with a validator and a byte of its own', 1, undefined, validator),
      describeInstall('as executor', 2, undefined, undefined),
    ],
  }
}
