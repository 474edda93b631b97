import { type Socket } from "node:net";
import { fromWireError, SignerError, toWireError, type WireError } from "./errors.ts";

/** Longest message, in characters. */
const MAX_LINE = 1 << 20;

type Wire =
  | { readonly id: number; readonly verb: string; readonly body: unknown }
  | { readonly id: number; readonly ok: unknown }
  | { readonly id: number; readonly error: WireError }
  | { readonly event: string; readonly body: unknown };

export type Handler = (verb: string, body: unknown) => Promise<unknown>;

/**
 * Questions, answers and events between two processes: a line of JSON each, over a socket that the supervisor made and
 * handed to both. Whatever comes out of it is checked by who reads it.
 */
export class Channel {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #handler: Handler | undefined;
  #onEvent: ((event: string, body: unknown) => void) | undefined;
  #onClose: (() => void) | undefined;
  #next = 1;
  #outgoing: string[] = [];
  #incoming = "";
  #closed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => this.#read(chunk as unknown as string));
    socket.on("error", () => this.close());
    socket.on("close", () => this.close());
    socket.resume();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws SignerError as the other side threw it; `wallet_unavailable` if it is gone */
  ask(verb: string, body: unknown): Promise<unknown> {
    if (this.#closed) return Promise.reject(gone());
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ id, verb, body });
    });
  }

  tell(event: string, body: unknown): void {
    if (!this.#closed) this.#send({ event, body });
  }

  answer(handler: Handler): void {
    this.#handler = handler;
  }

  onEvent(listener: (event: string, body: unknown) => void): void {
    this.#onEvent = listener;
  }

  onClose(listener: () => void): void {
    this.#onClose = listener;
  }

  /** Ends the channel; who still waits for an answer hears that there is none. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroy();
    for (const { reject } of this.#waiting.values()) reject(gone());
    this.#waiting.clear();
    this.#onClose?.();
  }

  /** What is sent in one turn leaves in one write. */
  #send(message: Wire): void {
    if (this.#outgoing.push(JSON.stringify(message)) > 1) return;
    queueMicrotask(() => {
      const lines = this.#outgoing;
      this.#outgoing = [];
      if (!this.#closed) this.#socket.write(`${lines.join("\n")}\n`);
    });
  }

  #read(chunk: string): void {
    const lines = (this.#incoming + chunk).split("\n");
    this.#incoming = lines.pop() ?? "";
    if (this.#incoming.length > MAX_LINE) return this.close();
    for (const line of lines) {
      try {
        this.#take(JSON.parse(line) as Wire);
      } catch {
        // Not a line that this code writes: whoever is at the other end is not who it should be.
        return this.close();
      }
    }
  }

  #take(message: Wire): void {
    if ("event" in message) return this.#onEvent?.(message.event, message.body);
    if ("verb" in message) return void this.#serve(message.id, message.verb, message.body);
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ("error" in message) waiting?.reject(fromWireError(message.error));
    else waiting?.resolve(message.ok);
  }

  async #serve(id: number, verb: string, body: unknown): Promise<void> {
    try {
      if (!this.#handler) throw new SignerError("internal", "Nobody answers yet.");
      const ok = await this.#handler(verb, body);
      if (!this.#closed) this.#send({ id, ok: ok ?? null });
    } catch (error) {
      if (!(error instanceof SignerError)) console.error(error);
      if (!this.#closed) this.#send({ id, error: toWireError(error) });
    }
  }
}

function gone(): SignerError {
  return new SignerError("wallet_unavailable", "The process that would have to answer is not running.");
}
