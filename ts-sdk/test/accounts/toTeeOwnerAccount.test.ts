import { type Hex, type TypedDataDefinition, recoverTypedDataAddress } from 'viem'
import { type UserOperation, entryPoint07Address, getUserOperationHash } from 'viem/account-abstraction'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { describe, expect, test } from 'vitest'
import { type AllowedTypedData, TeeAttestationRefusedError, TeeBlindSigningError, TeeSignatureError, type WholeOperation } from '../../src/index.ts'
import { ACCOUNT, MODULE, OTHER } from '../fixtures.ts'
import { type Faults, POLICY_HASH, openEnclave, teeOwner } from './teeEnclave.ts'

const START = 1_900_000_000
const HASH: Hex = `0x${'ab'.repeat(32)}`
const operation: WholeOperation = {
  chainId: 31_337,
  entryPoint: entryPoint07Address,
  entryPointVersion: '0.7',
  userOperation: {
    sender: ACCOUNT,
    nonce: 1n,
    callData: '0x1234',
    callGasLimit: 1n,
    verificationGasLimit: 1n,
    preVerificationGas: 1n,
    maxFeePerGas: 1n,
    maxPriorityFeePerGas: 1n,
    signature: '0x',
  } satisfies UserOperation<'0.7'>,
}
const schema: AllowedTypedData = {
  primaryType: 'Order',
  domain: { name: 'Exchange', version: '1', chainId: 31_337, verifyingContract: MODULE },
  types: { Order: [{ name: 'amount', type: 'uint256' }] },
}
const order = { ...schema, message: { amount: 7n } } as unknown as TypedDataDefinition

function open(faults: Faults = {}, changes: Parameters<typeof teeOwner>[2] = {}) {
  let now = START
  const clock = (): number => now
  const enclave = openEnclave(clock, faults)
  const pass = (seconds: number): void => {
    now += seconds
  }
  return { ...enclave, pass, account: teeOwner(enclave, clock, changes) }
}

describe('toTeeOwnerAccount', () => {
  test('hands the enclave the whole operation, after its attestation', async () => {
    const { account, handed, owner } = open()
    const signature = await account.signUserOperation(operation)
    expect(handed).toEqual(['attest', `operation of ${ACCOUNT}`])
    const { chainId, entryPoint, entryPointVersion, userOperation } = operation
    const hash = getUserOperationHash({ chainId, entryPointAddress: entryPoint, entryPointVersion, userOperation })
    expect(signature).toBe(await owner.sign({ hash }))
    expect(account.address).toBe(owner.address)
  })

  test('asks for one attestation, however many operations wait for it', async () => {
    const { account, handed } = open()
    await Promise.all([account.signUserOperation(operation), account.signUserOperation(operation)])
    await account.signUserOperation(operation)
    expect(handed.filter((it) => it === 'attest')).toHaveLength(1)
  })

  test('asks again when the evidence has expired, and not a second sooner', async () => {
    const { account, handed, pass } = open()
    await account.attestation()
    pass(300)
    await account.attestation()
    expect(handed).toEqual(['attest'])
    pass(1)
    await account.attestation()
    expect(handed).toEqual(['attest', 'attest'])
  })

  test('asks again after the age that it is given', async () => {
    const { account, handed, pass } = open({}, { maxAge: 10 })
    await account.attestation()
    pass(10)
    await account.attestation()
    pass(1)
    await account.attestation()
    expect(handed).toEqual(['attest', 'attest'])
  })

  test.each<[string, Faults, Parameters<typeof teeOwner>[2]]>([
    ['runs other code than pinned', { measurement: `0x${'52'.repeat(32)}` }, {}],
    ['holds another owner key', { binding: { owner: OTHER } }, {}],
    ['answers another challenge', { binding: { challenge: HASH } }, {}],
    ['binds another public key', { binding: { publicKey: privateKeyToAccount(generatePrivateKey()).publicKey } }, {}],
    ['signs by other rules', {}, { policyHash: HASH }],
    ['is offline', { offline: true }, {}],
    ['is a simulator that nobody asked for', {}, { acceptSimulated: false }],
    ['was held to no measurement', {}, { verdict: { pinned: false } }],
    ['is in debug mode', {}, { verdict: { debug: true } }],
    ['is verified as another platform', {}, { verdict: { platform: 'tdx' } }],
  ])('asks nothing of a key whose enclave %s', async (_, faults, changes) => {
    const { account, handed } = open(faults, changes)
    await expect(account.signUserOperation(operation)).rejects.toThrow(TeeAttestationRefusedError)
    await expect(account.signUserOperation(operation)).rejects.toMatchObject({ code: 'TeeAttestationRefused', docsPath: 'ATTESTATION.md' })
    expect(handed).toEqual(['attest', 'attest'])
  })

  test('takes an enclave by the rules that it is pinned to', async () => {
    const { account } = open({}, { policyHash: POLICY_HASH })
    expect(await account.attestation()).toMatchObject({ platform: 'simulated', pinned: true, validUntil: START + 300 })
  })

  test('finds out when the enclave signs with another key', async () => {
    const { account } = open({ signer: privateKeyToAccount(generatePrivateKey()) }, { typedData: [schema] })
    await expect(account.signUserOperation(operation)).rejects.toThrow(TeeSignatureError)
    await expect(account.signTypedData(order)).rejects.toThrow(TeeSignatureError)
  })

  test('holds the signature against what the account has its owner sign, where that is not the operation\'s hash', async () => {
    const { account, handed } = open()
    // This enclave signs the operation's hash, which a Safe would not take.
    await expect(account.signUserOperation({ ...operation, signedHash: HASH })).rejects.toThrow(TeeSignatureError)
    expect(handed).toEqual(['attest', `operation of ${ACCOUNT}`])
  })

  test('signs nothing blind, and does not even ask', async () => {
    const { account, handed } = open()
    const { sign, signAuthorization } = account
    if (!sign || !signAuthorization) throw new Error('there is nothing to refuse')
    await expect(sign({ hash: HASH })).rejects.toThrow(TeeBlindSigningError)
    await expect(account.signMessage({ message: 'log in' })).rejects.toThrow(TeeBlindSigningError)
    await expect(account.signMessage({ message: { raw: HASH } })).rejects.toThrow(TeeBlindSigningError)
    await expect(account.signTransaction({ chainId: 1, type: 'eip1559' })).rejects.toThrow(TeeBlindSigningError)
    await expect(signAuthorization({ address: OTHER, chainId: 1, nonce: 0 })).rejects.toThrow(TeeBlindSigningError)
    await expect(account.signTypedData(order)).rejects.toThrow(TeeBlindSigningError)
    expect(handed).toEqual([])
  })

  test('hands over typed data of its list', async () => {
    const { account, handed, owner } = open({}, { typedData: [schema] })
    const signature = await account.signTypedData(order)
    expect(await recoverTypedDataAddress({ ...order, signature })).toBe(owner.address)
    expect(handed).toEqual(['attest', 'typed data Order'])
  })

  test.each([
    ['another type', { ...schema, primaryType: 'Permit', types: { Permit: schema.types.Order } }],
    ['another contract', { ...schema, domain: { ...schema.domain, verifyingContract: OTHER } }],
    ['another chain', { ...schema, domain: { ...schema.domain, chainId: 1 } }],
    ['another name', { ...schema, domain: { ...schema.domain, name: 'exchange' } }],
    ['no version', { ...schema, domain: { ...schema.domain, version: undefined } }],
    ['a salt', { ...schema, domain: { ...schema.domain, salt: HASH } }],
    ['another field', { ...schema, types: { Order: [{ name: 'amount', type: 'int256' }] } }],
    ['one more type', { ...schema, types: { ...schema.types, Other: [] } }],
  ])('does not hand over typed data with %s', async (_, changed) => {
    const { account, handed } = open({}, { typedData: [schema] })
    await expect(account.signTypedData({ ...changed, message: { amount: 7n } } as unknown as TypedDataDefinition)).rejects.toThrow(TeeBlindSigningError)
    expect(handed).toEqual([])
  })
})
