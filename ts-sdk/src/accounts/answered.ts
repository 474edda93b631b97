import { BaseError, ContractFunctionRevertedError, ContractFunctionZeroDataError, RawContractError } from 'viem'

/** The answer of a contract; `undefined` if it has none. Whatever else goes wrong is thrown. */
export async function answered<answer>(reading: Promise<answer>): Promise<answer | undefined> {
  try {
    return await reading
  } catch (error) {
    const refused =
      error instanceof BaseError &&
      error.walk(
        (it) =>
          it instanceof ContractFunctionRevertedError ||
          it instanceof ContractFunctionZeroDataError ||
          // viem exports no class of it.
          (it as Error).name === 'Eip712DomainNotFoundError' ||
          it instanceof RawContractError,
      )
    if (refused) return undefined
    throw error
  }
}
