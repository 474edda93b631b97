/** A TEE's agent or its key service did not answer, or not what it should. */
export class PlatformError extends Error {
  /** @param asked such as `KMS's Decrypt` */
  constructor(asked: string, reason: string) {
    super(`${asked} failed: ${reason}.`);
    this.name = "PlatformError";
  }
}
