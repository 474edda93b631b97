import { type ApiRequest, type ApiVerb, STREAM_VERB } from "../protocol/api.ts";
import { SignerError } from "../protocol/errors.ts";
import * as account from "./accountVerbs.ts";
import { requireRole, sessionIdOf } from "./authenticate.ts";
import { type Context } from "./context.ts";
import { type Role, roleOf } from "./credentials.ts";
import * as ownership from "./ownershipVerbs.ts";
import * as release from "./releaseVerbs.ts";
import * as run from "./runVerbs.ts";
import * as session from "./sessionVerbs.ts";
import * as sign from "./signVerbs.ts";
import * as wallet from "./walletVerbs.ts";

type Verb = (context: Context, request: ApiRequest) => Promise<unknown>;

/** Who may ask for what. An agent's token is checked by its verb, which needs the session anyway. */
const VERBS: Readonly<Record<ApiVerb, readonly [Role | "anybody", Verb]>> = {
  status: ["anybody", run.status],
  createWallet: ["operator", wallet.createWallet],
  getWallet: ["operator", wallet.getWallet],
  pauseWallet: ["operator", (context, request) => wallet.changeWallet(context, request, "paused")],
  resumeWallet: ["operator", (context, request) => wallet.changeWallet(context, request, "active")],
  killWallet: ["operator", (context, request) => wallet.changeWallet(context, request, "killed")],
  attestWallet: ["operator", wallet.attestWallet],
  walletEvents: ["operator", wallet.walletEvents],
  createSmartAccount: ["operator", account.createSmartAccount],
  getSmartAccount: ["operator", account.getSmartAccount],
  signOwnerOperation: ["owner", sign.signOwnerOperation],
  attestOwnership: ["owner", (context, request) => ownership.attestOwnership(context, request)],
  releaseReservation: ["owner", (context, request) => release.releaseReservation(context, request)],
  attestOwner: ["owner", wallet.attestWallet],
  createSession: ["operator", session.createSession],
  getSession: ["operator", session.getSession],
  revokeSession: ["operator", (context, request) => session.changeSession(context, request, "revoked")],
  pauseSession: ["operator", (context, request) => session.changeSession(context, request, "paused")],
  resumeSession: ["operator", (context, request) => session.changeSession(context, request, "active")],
  killSession: ["operator", (context, request) => session.changeSession(context, request, "killed")],
  sessionEvents: ["operator", session.sessionEvents],
  getRules: ["operator", run.getRules],
  setRules: ["operator", run.setRules],
  kill: ["operator", run.kill],
  unseal: ["operator", run.unseal],
  ownSession: ["agent", session.ownSession],
  signUserOperation: ["agent", sign.signUserOperation],
  signMessage: ["agent", sign.signMessage],
  signTypedData: ["agent", sign.signTypedData],
  refuseHash: ["agent", (context, request) => sign.refuse(context, request, "hashes")],
  refuseTransaction: ["agent", (context, request) => sign.refuse(context, request, "plain transactions")],
  refuseAuthorization: ["agent", (context, request) => sign.refuse(context, request, "EIP-7702 authorisations")],
};

/** Answers one request of the agent layer. @throws SignerError */
export async function serve(context: Context, verb: string, request: ApiRequest): Promise<unknown> {
  if (verb === STREAM_VERB) return mayListen(context, request);
  const entry = Object.hasOwn(VERBS, verb) ? VERBS[verb as ApiVerb] : undefined;
  if (!entry) throw new SignerError("not_found", "There is no such verb.");
  const [role, answer] = entry;
  if (role === "operator" || role === "owner") requireRole(context, request.token, role);
  return answer(context, request);
}

async function mayListen(context: Context, { token }: ApiRequest): Promise<true> {
  const role = token === undefined ? undefined : roleOf(token);
  if (role === "operator" || role === "owner") requireRole(context, token, role);
  else await sessionIdOf(context, token);
  return true;
}
