import { type Hex, concat, keccak256 } from 'viem'

/** Hash of two children, whichever way round. */
export function hashNode(a: Hex, b: Hex): Hex {
  const [low, high] = BigInt(a) < BigInt(b) ? [a, b] : [b, a]
  return keccak256(concat(['0x01', low, high]))
}

/** The policy root, as stored on chain. */
export function hashPolicyRoot(headerHash: Hex, permissionsRoot: Hex): Hex {
  return keccak256(concat(['0x02', headerHash, permissionsRoot]))
}

/** The tree over a policy's permissions: its root, and for each leaf the siblings from the leaf upwards. */
export type PermissionTree = { root: Hex; proofs: readonly (readonly Hex[])[] }

/**
 * Builds the tree of docs/WIRE-FORMAT.md: the first `hotCount` leaves as a chain from the root down, the others as a
 * balanced tree below it, level by level in order; an odd last node moves up as it is.
 *
 * @param leaves not empty
 * @param hotCount at most the number of leaves
 */
export function buildPermissionTree(leaves: readonly Hex[], hotCount: number): PermissionTree {
  if (leaves.length === 0) throw new RangeError('a policy without permissions has no tree')
  if (hotCount < 0 || hotCount > leaves.length) throw new RangeError(`${hotCount} hot leaves of ${leaves.length}`)
  const proofs: Hex[][] = leaves.map(() => [])
  // A chain of hot leaves alone ends in its last leaf, as if that were the balanced tree below.
  const chained = Math.min(hotCount, leaves.length - 1)

  type Node = { hash: Hex; members: readonly number[] }
  let level: Node[] = leaves.slice(chained).map((hash, index) => ({ hash, members: [chained + index] }))
  const join = (left: Node, right: Node): Node => {
    for (const member of left.members) proofs[member]?.push(right.hash)
    for (const member of right.members) proofs[member]?.push(left.hash)
    return { hash: hashNode(left.hash, right.hash), members: [...left.members, ...right.members] }
  }
  while (level.length > 1) {
    const next: Node[] = []
    for (let index = 0; index < level.length; index += 2) {
      const [left, right] = [level[index] as Node, level[index + 1]]
      next.push(right ? join(left, right) : left)
    }
    level = next
  }
  let top = level[0] as Node
  for (let index = chained - 1; index >= 0; index--) {
    top = join({ hash: leaves[index] as Hex, members: [index] }, top)
  }
  return { root: top.hash, proofs }
}

/** Walks a proof to the permissions root it claims. */
export function climb(leaf: Hex, proof: readonly Hex[]): Hex {
  return proof.reduce(hashNode, leaf)
}
