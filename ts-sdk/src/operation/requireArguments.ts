import type { Address } from 'viem'
import type { WordSet } from '../conditions/sets.ts'
import { SessionKeyRefusedError } from '../errors/refused.ts'
import type { Permission } from '../policy/permissions.ts'
import { whyRefused } from './evidence.ts'
import type { Call } from './executions.ts'

/**
 * Holds the arguments of calls against a policy before anybody is asked, by the module's own rules.
 *
 * @throws SessionKeyRefusedError with the code that the module would refuse with
 */
export function requireArguments(
  policy: { list: readonly Permission[]; account: Address; sets: readonly WordSet[] | undefined },
  calls: readonly Call[],
): void {
  for (const [index, call] of calls.entries()) {
    const [nearest, ...others] = whyRefused(policy.list, call, policy.account, policy.sets)
    if (!nearest) continue
    const figures = { callIndex: BigInt(index), target: call.to, attempted: nearest.compared }
    const hint = others.map(({ reason }) => `Nor is it allowed otherwise: ${reason}`).join('\n')
    throw new SessionKeyRefusedError(nearest.code, { reason: nearest.reason, figures, ...(hint && { hint }) })
  }
}
