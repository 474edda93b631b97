/** A request as the agent layer passes it on: not looked into, beyond what HTTP itself needs. */
export type ApiRequest = {
  readonly token?: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly idempotencyKey?: string | undefined;
};

/** Every verb of the guardrails, and the route that leads to it. */
export const ROUTES = {
  status: ["GET", "/v1/status"],
  createWallet: ["POST", "/v1/s2s/wallets"],
  getWallet: ["GET", "/v1/s2s/wallets/:wallet"],
  pauseWallet: ["POST", "/v1/s2s/wallets/:wallet/pause"],
  resumeWallet: ["POST", "/v1/s2s/wallets/:wallet/resume"],
  killWallet: ["POST", "/v1/s2s/wallets/:wallet/kill"],
  attestWallet: ["POST", "/v1/s2s/wallets/:wallet/attestation"],
  walletEvents: ["GET", "/v1/s2s/wallets/:wallet/events"],
  createSmartAccount: ["POST", "/v1/s2s/wallets/:wallet/smart-accounts"],
  getSmartAccount: ["GET", "/v1/s2s/wallets/:wallet/smart-accounts/:account"],
  signOwnerOperation: ["POST", "/v1/owner/wallets/:wallet/operations"],
  attestOwnership: ["POST", "/v1/owner/wallets/:wallet/smart-accounts/:account/ownership"],
  releaseReservation: ["POST", "/v1/owner/wallets/:wallet/releases"],
  attestOwner: ["POST", "/v1/owner/wallets/:wallet/attestation"],
  createSession: ["POST", "/v1/s2s/agent-sessions"],
  getSession: ["GET", "/v1/s2s/agent-sessions/:session"],
  revokeSession: ["POST", "/v1/s2s/agent-sessions/:session/revoke"],
  pauseSession: ["POST", "/v1/s2s/agent-sessions/:session/pause"],
  resumeSession: ["POST", "/v1/s2s/agent-sessions/:session/resume"],
  killSession: ["POST", "/v1/s2s/agent-sessions/:session/kill"],
  sessionEvents: ["GET", "/v1/s2s/agent-sessions/:session/events"],
  getRules: ["GET", "/v1/s2s/organisation/rules"],
  setRules: ["PUT", "/v1/s2s/organisation/rules"],
  kill: ["POST", "/v1/s2s/kill"],
  unseal: ["POST", "/v1/s2s/unseal"],
  ownSession: ["GET", "/v1/agent/session"],
  signUserOperation: ["POST", "/v1/agent/user-operations"],
  signMessage: ["POST", "/v1/agent/messages"],
  signTypedData: ["POST", "/v1/agent/typed-data"],
  refuseHash: ["POST", "/v1/agent/hashes"],
  refuseTransaction: ["POST", "/v1/agent/transactions"],
  refuseAuthorization: ["POST", "/v1/agent/authorizations"],
} as const satisfies Record<string, readonly ["GET" | "POST" | "PUT", string]>;

export type ApiVerb = keyof typeof ROUTES;

/** Whether a token may listen to the stream of events. No route of its own: the agent layer asks before it connects. */
export const STREAM_VERB = "mayListen";
export const STREAM_ROUTE = "/v1/stream";
