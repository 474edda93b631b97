import { z } from 'zod/v4'
import { refuse } from '../errors.ts'
import { parsing } from '../shared/bytes.ts'

const strings = z.array(z.string())

const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: z.string(),
  iat: z.number().int(),
  nbf: z.number().int(),
  exp: z.number().int(),
  eat_nonce: z.union([z.string(), strings]).optional(),
  secboot: z.boolean(),
  hwmodel: z.string(),
  swname: z.string(),
  swversion: strings.optional(),
  dbgstat: z.string(),
  google_service_accounts: strings.optional(),
  submods: z.object({
    confidential_space: z.object({ support_attributes: strings.optional() }).optional(),
    container: z.object({
      image_digest: z.string(),
      cmd_override: strings.optional(),
      env_override: z.record(z.string(), z.string()).optional(),
    }),
    gce: z.object({ project_id: z.string() }).optional(),
  }),
})

/** Claims of a Confidential Space token, as Google's reference lists them. Times in seconds. */
export type Claims = z.infer<typeof claimsSchema>

export type ClaimsPolicy = {
  /** Whom the token must be made for. */
  readonly audience: string
  /** Allowed container images, `sha256:…`. */
  readonly imageDigests: readonly string[] | 'unpinned'
  /** Default: SEV, SEV-ES and TDX. */
  readonly hardware?: readonly string[]
  /** What Google must support the image as. Default: STABLE. */
  readonly supportAttributes?: readonly string[]
  /** The least version of the Confidential Space image, such as 250301. */
  readonly minimumSoftwareVersion?: number
  readonly projects?: readonly string[]
  /** One of these accounts must run the workload. */
  readonly serviceAccounts?: readonly string[]
  /** Accept workloads whose command or environment the operator has replaced. Default false. */
  readonly allowOverrides?: boolean
  /** Accept images that one can log in to. Default false. */
  readonly allowDebug?: boolean
}

export const ISSUER = 'https://confidentialcomputing.googleapis.com'
const HARDWARE = ['GCP_AMD_SEV', 'GCP_AMD_SEV_ES', 'GCP_INTEL_TDX']
const NO_DEBUG = 'disabled-since-boot'

export function readClaims(payload: Uint8Array): Claims {
  return parsing("The token's claims", () => claimsSchema.parse(JSON.parse(Buffer.from(payload).toString())))
}

export function isDebug(claims: Claims): boolean {
  return claims.dbgstat !== NO_DEBUG
}

export function noncesOf({ eat_nonce: nonces }: Claims): readonly string[] {
  return typeof nonces === 'string' ? [nonces] : (nonces ?? [])
}

/** Refuses claims that do not say what the policy wants; time and signature are checked before. */
export function checkClaims(claims: Claims, policy: ClaimsPolicy): void {
  if (claims.iss !== ISSUER) refuse('CLAIM', 'The token is issued by someone else.', claims.iss)
  if (claims.aud !== policy.audience) refuse('CLAIM', 'The token is made for someone else.', claims.aud)
  if (claims.swname !== 'CONFIDENTIAL_SPACE') refuse('CLAIM', 'The token is not of Confidential Space.', claims.swname)
  if (isDebug(claims) && !policy.allowDebug) refuse('DEBUG', 'The workload runs on an image that can be debugged.', claims.dbgstat)
  if (!claims.secboot) refuse('CLAIM', 'The machine did not boot securely.')
  if (!(policy.hardware ?? HARDWARE).includes(claims.hwmodel)) refuse('CLAIM', 'The machine is of other hardware than allowed.', claims.hwmodel)
  checkSoftware(claims, policy)
  checkWorkload(claims, policy)
}

function checkSoftware(claims: Claims, policy: ClaimsPolicy): void {
  // Google gives no support attributes to images for debugging.
  const wanted = isDebug(claims) ? [] : (policy.supportAttributes ?? ['STABLE'])
  const attributes = claims.submods.confidential_space?.support_attributes ?? []
  const missing = wanted.find((it) => !attributes.includes(it))
  if (missing) refuse('CLAIM', `Google does not support the image as ${missing}.`, attributes.join(', '))
  const version = Number(claims.swversion?.[0] ?? 0)
  if (!(version >= (policy.minimumSoftwareVersion ?? 0))) refuse('TCB', 'The Confidential Space image is too old.', String(version))
}

function checkWorkload({ submods: { container, gce }, google_service_accounts: accounts = [] }: Claims, policy: ClaimsPolicy): void {
  if (policy.imageDigests !== 'unpinned' && !policy.imageDigests.includes(container.image_digest))
    refuse('MEASUREMENT', 'The container image is not one of the pinned ones.', container.image_digest)
  const overridden = (container.cmd_override?.length ?? 0) > 0 || Object.keys(container.env_override ?? {}).length > 0
  if (overridden && !policy.allowOverrides) refuse('CLAIM', "The operator has replaced the workload's command or environment.")
  if (policy.projects && !policy.projects.includes(gce?.project_id ?? '')) refuse('CLAIM', 'The workload runs in a project that is not allowed.', gce?.project_id)
  if (policy.serviceAccounts && !accounts.some((it) => policy.serviceAccounts?.includes(it)))
    refuse('CLAIM', 'The workload runs under a service account that is not allowed.', accounts.join(', '))
}
