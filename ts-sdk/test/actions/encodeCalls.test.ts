import { decodeFunctionData } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  type Call,
  decodePolicy,
  decodeSettings,
  definePolicy,
  encodeGrantSessionKey,
  encodePauseAccount,
  encodePauseSessionKey,
  encodePolicy,
  encodeRenounceSessionKey,
  encodeResumeAccount,
  encodeResumeSessionKey,
  encodeRevokeAllSessionKeys,
  encodeRevokeSessionKey,
  encodeSetGuardian,
  encodeSigner,
  encodeUpdateSessionKey,
  keyIdOf,
  sessionKeyModuleAbi,
} from '../../src/index.ts'
import { ACCOUNT, KEY, MODULE, OTHER, input } from '../fixtures.ts'

const policy = definePolicy(input)
const on = { module: MODULE, account: ACCOUNT, key: KEY }

function read({ to, value, data }: Call) {
  expect([to, value]).toEqual([MODULE, 0n])
  return decodeFunctionData({ abi: sessionKeyModuleAbi, data })
}

test('a grant carries signer, settings, header and permissions', () => {
  const { functionName, args } = read(
    encodeGrantSessionKey({ module: MODULE, key: KEY, policy, epoch: 3n, serial: 2n }),
  )
  const [signer, settings, header, permissions] = args as [`0x${string}`, bigint, `0x${string}`, `0x${string}`]
  expect(functionName).toBe('grant')
  expect(signer).toBe(encodeSigner(KEY))
  expect(decodeSettings(settings)).toMatchObject({ epoch: 3n, serial: 2n, active: true, paused: false })
  expect(decodePolicy({ settings, header, permissions })).toEqual(policy)
})

test('an update carries the old header and root as well', () => {
  const wider = definePolicy({ ...input, maxUses: 5 })
  const { functionName, args } = read(
    encodeUpdateSessionKey({ module: MODULE, key: KEY, policy: wider, oldPolicy: policy, epoch: 3n, serial: 2n }),
  )
  const old = encodePolicy(policy)
  expect(functionName).toBe('update')
  expect((args as readonly unknown[]).slice(4)).toEqual([old.header, old.permissionsRoot])
})

describe('the rest of a key’s life', () => {
  test.each([
    [encodePauseSessionKey(on), 'pause', [ACCOUNT, keyIdOf(KEY)]],
    [encodeResumeSessionKey(on), 'resume', [keyIdOf(KEY)]],
    [encodePauseAccount(on), 'pauseAccount', [ACCOUNT]],
    [encodeResumeAccount(on), 'resumeAccount', undefined],
    [encodeRevokeSessionKey(on), 'revoke', [ACCOUNT, keyIdOf(KEY)]],
    [encodeRevokeAllSessionKeys(on), 'revokeAll', [ACCOUNT]],
    [encodeRenounceSessionKey(on), 'renounce', [ACCOUNT]],
    [encodeSetGuardian({ module: MODULE, guardian: OTHER }), 'setGuardian', [OTHER]],
    [encodeSetGuardian({ module: MODULE, guardian: undefined }), 'setGuardian', [`0x${'00'.repeat(20)}`]],
  ])('%#: %s', (call, functionName, args) => {
    expect(read(call)).toEqual({ functionName, args })
  })
})
