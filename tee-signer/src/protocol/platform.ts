import { type Hex } from "viem";

/** Where keys are sealed: what comes back after a restart of the same code, and of no other. */
export type SealProvider = {
  readonly platform: string;
  /** 32 bytes, the same at every start, that never leave the wallet process. */
  sealKey(): Promise<Uint8Array>;
};

/** Evidence as the platform gives it, for a verifier of that platform. */
export type Evidence = { readonly platform: string; readonly evidence: Hex };

/** What vouches for the running code. */
export type Attester = {
  readonly platform: string;
  /** @param reportData 32 bytes that the evidence has to contain */
  attest(reportData: Uint8Array): Promise<Evidence>;
};

export type Platform = { readonly seal: SealProvider; readonly attester: Attester };
