import { type Abi, type AbiFunction, toFunctionSignature } from 'viem'
import { InvalidPolicyFieldError } from '../errors/policy.ts'

/**
 * The function of an ABI by its name, or by its signature where it has several of that name.
 *
 * @throws InvalidPolicyFieldError
 */
export function findFunction(field: string, abi: Abi, name: string): AbiFunction {
  const functions = abi.filter((item): item is AbiFunction => item.type === 'function')
  const found = functions.filter((item) => item.name === name || toFunctionSignature(item) === name)
  const [only] = found
  if (found.length === 1 && only) return only
  const accepted = (found.length > 1 ? found : functions).map((item) => `"${toFunctionSignature(item)}"`).join(', ')
  throw new InvalidPolicyFieldError(field, name, `one of ${accepted || 'no functions'}`, {
    code: found.length > 1 ? 'AmbiguousFunction' : 'UnknownFunction',
  })
}
