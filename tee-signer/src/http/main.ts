/** The agent layer's process: HTTP, and nothing that is worth stealing. */
import { type Socket } from "node:net";
import { Channel } from "../protocol/channel.ts";
import { Listeners } from "./listeners.ts";
import { type Ask, createServer } from "./server.ts";

const [host = "127.0.0.1", port = "0", logs = ""] = process.argv.slice(2);
const listeners = new Listeners();

process.on("disconnect", () => process.exit(0));
process.once("message", (_message, socket) => void listen(new Channel(socket as Socket)));
process.send?.("ready");

async function listen(guardrails: Channel): Promise<void> {
  guardrails.onEvent((event, body) => listeners.tell(event, body));
  const ask: Ask = (verb, request) => guardrails.ask(verb, request);
  const server = createServer(ask, listeners, logs === "" ? undefined : (line) => console.log(JSON.stringify(line)));
  const address = await server.listen({ host, port: Number(port) });
  process.send?.({ listening: address });
}
