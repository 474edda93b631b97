import { ValetError } from "@valet-keys/sdk/errors";

/** Every reason for which the signer says no, and the HTTP status that goes with it. */
export const REFUSALS = {
  // Who asks
  unauthorized: 401,
  session_revoked: 401,
  session_expired: 401,
  forbidden: 403,
  // What state it is in
  signer_killed: 423,
  signer_sealed: 423,
  wallet_paused: 423,
  wallet_killed: 423,
  session_paused: 423,
  session_killed: 423,
  // What is asked
  invalid_request: 400,
  not_found: 404,
  wallet_not_tee_mode: 409,
  account_without_guardian: 409,
  account_without_recovery: 409,
  account_not_owned: 409,
  account_already_registered: 409,
  eoa_owner_refused: 409,
  entry_point_not_supported: 409,
  owner_validator_needed: 409,
  ownership_not_attested: 409,
  ownership_not_proven: 409,
  parent_run_unknown: 409,
  parent_run_same_wallet: 409,
  session_without_account: 409,
  idempotency_conflict: 409,
  nonce_already_signed: 409,
  not_proven_dead: 409,
  // What the rules say
  method_not_allowed: 403,
  method_refused: 403,
  chain_not_allowed: 403,
  entry_point_unknown: 403,
  account_not_allowed: 403,
  recipient_not_allowed: 403,
  function_not_allowed: 403,
  call_not_allowed: 403,
  call_data_malformed: 403,
  target_forbidden: 403,
  token_not_allowed: 403,
  amount_unknown: 403,
  native_per_tx_exceeded: 403,
  native_total_exceeded: 403,
  token_per_tx_exceeded: 403,
  token_total_exceeded: 403,
  paymaster_not_allowed: 403,
  factory_not_allowed: 403,
  delegation_refused: 403,
  window_refused: 403,
  session_key_mismatch: 403,
  domain_not_allowed: 403,
  typed_data_not_allowed: 403,
  owner_rule_broken: 403,
  rate_limited: 429,
  // What went wrong here
  wallet_unavailable: 503,
  database_unavailable: 503,
  internal: 500,
} as const satisfies Record<string, number>;

export type RefusalCode = keyof typeof REFUSALS;

/** Figures of a refusal: what was asked, what the limit is, what is left. Decimal strings, no secrets. */
export type RefusalFigures = Readonly<Record<string, string | number>>;

/** The signer's one error. It crosses process boundaries by {@link SignerError.toWire}. */
export class SignerError extends ValetError {
  declare readonly code: RefusalCode;
  readonly status: number;
  readonly figures: RefusalFigures;

  constructor(code: RefusalCode, message: string, figures: RefusalFigures = {}) {
    super(code, message, { docsPath: "SIGNER.md#answers" });
    this.name = "SignerError";
    this.status = REFUSALS[code];
    this.figures = figures;
  }

  toWire(): WireError {
    return { code: this.code, message: this.shortMessage, ...(Object.keys(this.figures).length > 0 && { figures: this.figures }) };
  }
}

/** An error as another process or an HTTP client sees it. */
export type WireError = { readonly code: RefusalCode; readonly message: string; readonly figures?: RefusalFigures };

/** Whatever was thrown, as it may leave the process: a bug says nothing about itself but that it is one. */
export function toWireError(error: unknown): WireError {
  return error instanceof SignerError ? error.toWire() : { code: "internal", message: "The signer failed; its log says more." };
}

export function fromWireError({ code, message, figures }: WireError): SignerError {
  return new SignerError(Object.hasOwn(REFUSALS, code) ? code : "internal", message, figures);
}
