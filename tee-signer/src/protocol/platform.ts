import { type Hex } from "viem";

/** Where keys are sealed: what comes back after a restart of the same code, and of no other. */
export type SealProvider = {
  readonly platform: string;
  /** 32 bytes, the same at every start, that never leave the wallet process. */
  sealKey(): Promise<Uint8Array>;
};

/** Evidence as it goes through JSON, for a verifier of that platform: a document or a quote in hex, and what it needs. */
export type Evidence = { readonly platform: "simulated" | "tdx" | "nitro" | "confidential-space"; readonly evidence: Hex; readonly event_log?: unknown };

/** What vouches for the running code. */
export type Attester = {
  readonly platform: Evidence["platform"];
  /**
   * @param reportData 32 bytes that the evidence has to contain
   * @param challenge where a platform has room for it: Nitro's nonce
   */
  attest(reportData: Uint8Array, challenge: Hex): Promise<Evidence>;
};

export type Platform = { readonly seal: SealProvider; readonly attester: Attester };
