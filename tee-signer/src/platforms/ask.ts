import { request as plain } from "node:http";
import { request as secure } from "node:https";
import { type z } from "zod/v4";
import { PlatformError } from "./errors.ts";

const TIMEOUT_MS = 10_000;
const MAX_ANSWER = 1 << 20;

export type Question = {
  /** For errors, such as `dstack's GetKey`. */
  readonly name: string;
  readonly url: string;
  /** Connect to this instead of the URL's host, which TLS and the other end still see. */
  readonly socketPath?: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/**
 * Asks for text.
 * @throws PlatformError for every answer but 200, and for none within ten seconds; never with the answer's text
 */
export async function askText(question: Question): Promise<string> {
  const { status, text } = await send(question).catch((error: Error) => {
    throw new PlatformError(question.name, error.message);
  });
  if (status !== 200) throw new PlatformError(question.name, `status ${status}`);
  return text;
}

/** Asks for JSON of that schema. @throws PlatformError */
export async function askJson<T>(question: Question, schema: z.ZodType<T>): Promise<T> {
  const answer = schema.safeParse(parse(await askText(question)));
  if (!answer.success) throw new PlatformError(question.name, "the answer is not what the documentation says");
  return answer.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function send({ url, socketPath, method = "POST", headers = {}, body = "" }: Question): Promise<{ status: number; text: string }> {
  const { protocol, hostname, port, pathname, search, host } = new URL(url);
  const request = protocol === "https:" ? secure : plain;
  const to = socketPath === undefined ? { host: hostname, ...(port !== "" && { port }) } : { socketPath, servername: hostname };
  return new Promise((resolve, reject) => {
    const length = method === "GET" ? {} : { "content-length": Buffer.byteLength(body) };
    const sent = request({ ...to, path: pathname + search, method, headers: { host, ...headers, ...length }, timeout: TIMEOUT_MS, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > MAX_ANSWER) sent.destroy(new Error("the answer is too long"));
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", reject);
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer in time")));
    sent.on("error", reject);
    sent.end(method === "GET" ? undefined : body);
  });
}
