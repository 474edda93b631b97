import { z } from "zod/v4";
import { type ApiRequest } from "../protocol/api.ts";
import { SignerError } from "../protocol/errors.ts";
import { identifier } from "../protocol/primitives.ts";

/**
 * Reads what came from outside by its schema.
 *
 * @throws SignerError `invalid_request`, naming the field and never its value
 */
export function read<schema extends z.ZodType>(schema: schema, value: unknown): z.output<schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.map(String).join(".").slice(0, 120);
  const what = issue?.code === "unrecognized_keys" ? "unknown field" : (issue?.message ?? "invalid");
  throw new SignerError("invalid_request", `\`${path || "body"}\`: ${what.slice(0, 200)}.`);
}

/** An identifier in the path. */
export function param(request: ApiRequest, name: string): string {
  return read(identifier, request.params[name]);
}

const idempotencyKey = z.string().min(1).max(128).optional();

export function idempotencyKeyOf(request: ApiRequest): string | undefined {
  return read(idempotencyKey, request.idempotencyKey);
}

const page = z.object({ cursor: z.coerce.number().int().nonnegative().default(0), limit: z.coerce.number().int().min(1).max(500).default(100) });

export function pageOf(request: ApiRequest): z.output<typeof page> {
  return read(page, request.query);
}
