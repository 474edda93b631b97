import { type Address, concat, type Hex, size, toHex } from "viem";
import { encodeHeader, type Header } from "../ts-sdk/src/policy/header.ts";
import { encodeBody, hashPermission, kindCode, markCode, type Permissions } from "../ts-sdk/src/policy/permissions.ts";
import { buildPermissionTree } from "../ts-sdk/src/policy/permissionTree.ts";
import { encodeSigner } from "../ts-sdk/src/policy/signer.ts";

/** What a policy root is computed over. */
export interface PolicyContent {
  header: Header;
  permissions: Permissions;
}

/**
 * `evidence` of docs/WIRE-FORMAT.md.
 *
 * @param leaves which permission covers each call, in the order of the calls
 */
export function encodeEvidence(key: Address, { header, permissions }: PolicyContent, leaves: readonly number[]): Hex {
  const signer = encodeSigner(key);
  const headerBytes = encodeHeader(header);
  return concat([
    toHex(size(signer), { size: 1 }),
    signer,
    toHex(size(headerBytes), { size: 2 }),
    headerBytes,
    ...leaves.map((leaf, call) => (call > 0 && leaf === leaves[call - 1] ? "0x00" : encodeLeaf(permissions, leaf))),
  ]);
}

function encodeLeaf({ list, hotCount }: Permissions, index: number): Hex {
  const permission = list[index];
  const proof = buildPermissionTree(list.map(hashPermission), hotCount).proofs[index];
  if (!permission || !proof) throw new RangeError(`the policy has no permission ${index}`);
  const body = encodeBody(permission);
  return concat([
    toHex(kindCode(permission.kind), { size: 1 }),
    toHex(markCode(permission.mark), { size: 1 }),
    toHex(size(body), { size: 2 }),
    body,
    toHex(proof.length, { size: 1 }),
    ...proof,
  ]);
}
