import { type ServerResponse } from "node:http";

const HEARTBEAT_MS = 15_000;
/** What a client may leave unread before it is dropped. */
const MAX_UNREAD = 64 * 1024;

/** Clients of the stream (server-sent events): each hears of every pause and kill at once. */
export class Listeners {
  readonly #clients = new Set<ServerResponse>();

  constructor() {
    setInterval(() => this.#write(": still here\n\n"), HEARTBEAT_MS).unref();
  }

  add(client: ServerResponse): void {
    client.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    client.write(": connected\n\n");
    this.#clients.add(client);
    client.on("close", () => this.#clients.delete(client));
  }

  tell(event: string, body: unknown): void {
    this.#write(`event: ${event}\ndata: ${JSON.stringify(body)}\n\n`);
  }

  #write(text: string): void {
    for (const client of this.#clients) {
      if (client.writableLength > MAX_UNREAD) client.destroy();
      else client.write(text);
    }
  }
}
