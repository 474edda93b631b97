import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { type ApiRequest, type ApiVerb, ROUTES, STREAM_ROUTE, STREAM_VERB } from "../protocol/api.ts";
import { REFUSALS, SignerError, toWireError, type WireError } from "../protocol/errors.ts";
import { FailedAttempts } from "./failedAttempts.ts";
import { type Listeners } from "./listeners.ts";

/** Asks the guardrails. */
export type Ask = (verb: string, request: ApiRequest) => Promise<unknown>;

/** What is told of a request: never a header, a body or a token. */
export type Log = (line: Readonly<Record<string, string | number>>) => void;

const MAX_BODY = 128 * 1024;

/**
 * The agent layer: takes HTTP apart and passes it on. It decides nothing, knows no policy and no key; a token goes
 * through it to the guardrails, which know its hash.
 */
export function createServer(ask: Ask, listeners: Listeners, log: Log = () => undefined): FastifyInstance {
  const failed = new FailedAttempts();
  const server = fastify({
    logger: false,
    bodyLimit: MAX_BODY,
    routerOptions: { maxParamLength: 128 },
    forceCloseConnections: true,
    // Addresses that the router cannot take apart; its own answers would repeat them.
    frameworkErrors: (error, _request, reply) => void answerError(reply as FastifyReply, describe(error)),
  });

  for (const [verb, [method, url]] of Object.entries(ROUTES) as [ApiVerb, (typeof ROUTES)[ApiVerb]][]) {
    server.route({
      method,
      url,
      handler: async (request, reply) => {
        const answer = await ask(verb, toApiRequest(request));
        return reply.code(verb.startsWith("create") ? 201 : 200).send(answer);
      },
    });
  }
  server.get(STREAM_ROUTE, async (request, reply) => {
    await ask(STREAM_VERB, toApiRequest(request));
    reply.hijack();
    listeners.add(reply.raw);
  });

  server.setErrorHandler((error, request, reply) => {
    const wire = describe(error);
    const isGuess = REFUSALS[wire.code] === 401;
    return answerError(reply, (isGuess && failed.note(request.ip, Date.now())?.toWire()) || wire);
  });
  server.setNotFoundHandler((_request, reply) => answerError(reply, { code: "not_found", message: "There is no such route." }));
  server.addHook("onResponse", async (request, reply) => {
    log({ method: request.method, route: request.routeOptions.url ?? "none", status: reply.statusCode, ms: Math.round(reply.elapsedTime) });
  });
  return server;
}

function toApiRequest(request: FastifyRequest): ApiRequest {
  const { authorization, "idempotency-key": idempotencyKey } = request.headers;
  return {
    token: authorization?.startsWith("Bearer ") === true ? authorization.slice("Bearer ".length).slice(0, 200) : undefined,
    params: request.params as Record<string, string>,
    query: request.query as Record<string, string>,
    body: request.body ?? undefined,
    idempotencyKey: typeof idempotencyKey === "string" ? idempotencyKey : undefined,
  };
}

/** Errors of the guardrails keep their words; those of HTTP itself get ours, and say nothing of what was sent. */
function describe(error: unknown): WireError {
  if (error instanceof SignerError) return error.toWire();
  const status = typeof error === "object" && error !== null && "statusCode" in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500) return { code: "invalid_request", message: "The request is no JSON that this route takes." };
  return toWireError(error);
}

function answerError(reply: FastifyReply, error: WireError): FastifyReply {
  const retry = error.figures?.["retry_after_ms"];
  if (typeof retry === "number") reply.header("retry-after", Math.ceil(retry / 1000));
  return reply.code(REFUSALS[error.code]).send({ error });
}
