import { type Address, type Hex, concat, encodePacked, keccak256 } from 'viem'

/** Kind of an EOA signer: checked by ecrecover, never by ERC-1271. */
const KIND_EOA = '0x01'

/** `signer` of an EOA session key: kind · address. */
export function encodeSigner(key: Address): Hex {
  return concat([KIND_EOA, key]).toLowerCase() as Hex
}

/** `keyId` of an EOA session key. */
export function keyIdOf(key: Address): Hex {
  return keccak256(encodeSigner(key))
}

/** Names a meter word in storage. `serial` is the grant's, so that a new grant starts fresh. */
export function meterIdOf(keyId: Hex, serial: bigint, token: Address, tag: number): Hex {
  return keccak256(encodePacked(['bytes32', 'uint24', 'address', 'uint8'], [keyId, Number(serial), token, tag]))
}
