import { z } from 'zod/v4'
import { parsing } from '../shared/bytes.ts'
import { refuse } from '../errors.ts'
import type { TcbStatus } from '../verdict.ts'

const hexOf = (bytes: number): z.ZodString => z.string().regex(new RegExp(`^[0-9A-Fa-f]{${bytes * 2}}$`))
const svn = z.number().int().min(0).max(255)
const status = z.enum([
  'UpToDate',
  'SWHardeningNeeded',
  'ConfigurationNeeded',
  'ConfigurationAndSWHardeningNeeded',
  'OutOfDate',
  'OutOfDateConfigurationNeeded',
  'Revoked',
] as const satisfies readonly TcbStatus[])
const components = z.array(z.object({ svn })).length(16)
const verdict = { tcbStatus: status, advisoryIDs: z.array(z.string()).optional() }
const isvLevels = z.array(z.object({ tcb: z.object({ isvsvn: z.number().int().min(0).max(65_535) }), ...verdict })).min(1)
const signer = { mrsigner: hexOf(48), attributes: hexOf(8), attributesMask: hexOf(8) }
const dated = { issueDate: z.string(), nextUpdate: z.string(), tcbEvaluationDataNumber: z.number().int().min(0) }

const tcbInfoSchema = z.object({
  id: z.string(),
  version: z.number(),
  fmspc: hexOf(6),
  pceId: hexOf(2),
  tcbType: z.number(),
  ...dated,
  tdxModule: z.object(signer),
  tdxModuleIdentities: z.array(z.object({ id: z.string(), ...signer, tcbLevels: isvLevels })).default([]),
  tcbLevels: z
    .array(
      z.object({
        tcb: z.object({ sgxtcbcomponents: components, tdxtcbcomponents: components, pcesvn: z.number().int().min(0).max(65_535) }),
        ...verdict,
      }),
    )
    .min(1),
})

const qeIdentitySchema = z.object({
  id: z.string(),
  version: z.number(),
  ...dated,
  miscselect: hexOf(4),
  miscselectMask: hexOf(4),
  attributes: hexOf(16),
  attributesMask: hexOf(16),
  mrsigner: hexOf(32),
  isvprodid: z.number().int(),
  tcbLevels: isvLevels,
})

/** TCB info for TDX, version 3 of PCS API v4. */
export type TcbInfo = z.infer<typeof tcbInfoSchema>
/** Identity of the quoting enclave for TDs, version 2. */
export type QeIdentity = z.infer<typeof qeIdentitySchema>

export function readTcbInfo(text: string): TcbInfo {
  const { id, version, tcbType } = parsing('The TCB info', () => headSchema.parse(JSON.parse(text)))
  if (id !== 'TDX' || version !== 3 || tcbType !== 0) refuse('NOT_SUPPORTED', 'The TCB info is not of TDX, version 3.', `${id}, version ${version}, type ${tcbType}`)
  return parsing('The TCB info', () => tcbInfoSchema.parse(JSON.parse(text)))
}

export function readQeIdentity(text: string): QeIdentity {
  const { id, version } = parsing('The QE identity', () => headSchema.parse(JSON.parse(text)))
  if (id !== 'TD_QE' || version !== 2) refuse('NOT_SUPPORTED', "The QE identity is not of TDX's quoting enclave, version 2.", `${id}, version ${version}`)
  return parsing('The QE identity', () => qeIdentitySchema.parse(JSON.parse(text)))
}

const headSchema = z.object({ id: z.string(), version: z.number(), tcbType: z.number().optional() })
