import { constants, createDecipheriv, type KeyObject, privateDecrypt } from "node:crypto";
import { BaseBlock, Constructed, fromBER, ObjectIdentifier, OctetString, Primitive, Sequence, Set as Asn1Set } from "asn1js";
import { PlatformError } from "../errors.ts";

const ENVELOPED_DATA = "1.2.840.113549.1.7.3";
const RSAES_OAEP = "1.2.840.113549.1.1.7";
const AES_256_CBC = "2.16.840.1.101.3.4.1.42";

const bad = (what: string): never => {
  throw new PlatformError("Reading KMS's CiphertextForRecipient", what);
};

/**
 * Opens what KMS has encrypted for the key of an attestation document: CMS EnvelopedData (RFC 5652) for one recipient,
 * RSAES-OAEP with SHA-256, AES-256 in CBC mode. KMS writes BER with indefinite lengths, hence a library that reads it.
 *
 * @throws PlatformError for everything else
 */
export function openForRecipient(bytes: Uint8Array, privateKey: KeyObject): Uint8Array {
  const { result, offset } = fromBER(Uint8Array.from(bytes));
  if (offset !== bytes.length) bad("it is not one value");
  const [type, content] = partsOf(result, Sequence);
  if (oidOf(type) !== ENVELOPED_DATA) bad("it is no enveloped data");
  const [enveloped] = partsOf(content, Constructed);
  const [, recipients, encrypted] = partsOf(enveloped, Sequence);
  const [recipient, ...others] = partsOf(recipients, Asn1Set);
  if (others.length > 0) bad("it is for several recipients");
  const [, , transport, encryptedKey] = partsOf(recipient, Sequence);
  if (oidOf(partsOf(transport, Sequence)[0]) !== RSAES_OAEP) bad("its key is not encrypted with RSAES-OAEP");
  const [, cipher, ciphertext] = partsOf(encrypted, Sequence);
  const [cipherName, iv] = partsOf(cipher, Sequence);
  if (oidOf(cipherName) !== AES_256_CBC) bad("its content is not encrypted with AES-256-CBC");
  try {
    const key = privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }, bytesOf(encryptedKey));
    const decipher = createDecipheriv("aes-256-cbc", key, bytesOf(iv));
    return new Uint8Array(Buffer.concat([decipher.update(bytesOf(ciphertext)), decipher.final()]));
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    return bad("it is not for this key");
  }
}

type Kind = typeof Sequence | typeof Asn1Set | typeof Constructed;

function partsOf(node: BaseBlock | undefined, kind: Kind): BaseBlock[] {
  if (!(node instanceof kind)) return bad("it is not built as RFC 5652 says");
  return (node as Sequence).valueBlock.value as BaseBlock[];
}

function oidOf(node: BaseBlock | undefined): string {
  return node instanceof ObjectIdentifier ? node.getValue() : bad("it names no algorithm");
}

/** An octet string: whole or in pieces, with its own tag or an implicit one. */
function bytesOf(node: BaseBlock | undefined): Buffer {
  if (node instanceof OctetString) return Buffer.from(node.getValue());
  if (node instanceof Primitive) return Buffer.from(node.valueBlock.valueHexView);
  if (node instanceof Constructed) return Buffer.concat((node.valueBlock.value as BaseBlock[]).map((it) => bytesOf(it)));
  return bad("it holds no bytes where it should");
}
