import { type Address, isAddressEqual } from 'viem'
import type { WordSet } from '../conditions/sets.ts'
import type { Header, Meter } from '../policy/header.ts'
import type { Period } from '../policy/periods.ts'
import type { Permission } from '../policy/permissions.ts'
import type { Call } from './executions.ts'
import { coveringPermission } from './evidence.ts'

/** Indices of the header's meters that an operation charges: by its calls, and by a paymaster that is paid in a token. */
export function touchedMeters(
  policy: { header: Header; list: readonly Permission[]; sets?: readonly WordSet[] | undefined },
  account: Address,
  calls: readonly Call[],
  paymaster: Address | undefined,
): ReadonlySet<number> {
  const { header, list } = policy
  const tokens = calls
    .filter((call) => list[coveringPermission(list, call, account, policy.sets)]?.mark === 'charged')
    .map((call) => call.to)
  for (const entry of header.paymasters) {
    const meter = entry.mode === 'token' ? header.meters[entry.meterIndex] : undefined
    if (meter && paymaster && isAddressEqual(entry.address, paymaster)) tokens.push(meter.token)
  }
  const isTouched = (meter: Meter) => tokens.some((token) => isAddressEqual(token, meter.token))
  return new Set(header.meters.flatMap((meter, index) => (isTouched(meter) ? [index] : [])))
}

/**
 * Periods of the token limits that bind the operation's window: that of the first meter always, since it lives in the
 * usage word, and those of the others that are charged.
 */
export function bindingPeriods(header: Header, touched: ReadonlySet<number>): readonly Period[] {
  return header.meters.filter((_, index) => index === 0 || touched.has(index)).map((meter) => meter.period)
}
