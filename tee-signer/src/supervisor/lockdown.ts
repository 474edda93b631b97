/**
 * Loaded before anything else in a process that must not have a network. Node's permission model has no word for it, and
 * keeps a process from files, programs and native bindings only; so what the network is reached by is taken away here.
 *
 * SIGNER_NETWORK says what remains: `none`, `connect` for a database server, or a JSON list of ends that may be connected
 * to: `unix:<path>`, such as the socket of a TEE's guest agent, and `tcp:<host>:<port>`, such as a key service.
 */
import { Socket as DatagramSocket } from "node:dgram";
import { Server, Socket } from "node:net";

class NetworkDeniedError extends Error {
  readonly code = "ERR_ACCESS_DENIED";
  constructor() {
    super("This process has no network.");
    this.name = "NetworkDeniedError";
  }
}

function deny(prototype: object, ...methods: readonly string[]): void {
  for (const method of methods) {
    const value = (): never => {
      throw new NetworkDeniedError();
    };
    Object.defineProperty(prototype, method, { value, writable: false, configurable: false });
  }
}

deny(Server.prototype, "listen");
deny(DatagramSocket.prototype, "bind", "connect", "send");

const { SIGNER_NETWORK: network = "none" } = process.env;
if (network.startsWith("[")) allowOnly(new Set(JSON.parse(network) as string[]));
else if (network !== "connect") deny(Socket.prototype, "connect");

/** Leaves `connect`, to these ends. Node hands itself the arguments in a list of its own, or as options. */
function allowOnly(ends: ReadonlySet<string>): void {
  // eslint-disable-next-line typescript/unbound-method -- called with its own `this` below
  const { connect } = Socket.prototype;
  const value = function connectToEnd(this: Socket, ...args: unknown[]): Socket {
    const [first] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
    if (typeof first !== "object" || first === null || !ends.has(endOf(first))) throw new NetworkDeniedError();
    return Reflect.apply(connect, this, args) as Socket;
  };
  Object.defineProperty(Socket.prototype, "connect", { value, writable: false, configurable: false });
}

/** With a path Node looks at nothing else; what it does with a name's addresses is between it and the resolver. */
function endOf({ path, host, port }: { path?: unknown; host?: unknown; port?: unknown }): string {
  if (path !== undefined && path !== null) return `unix:${String(path)}`;
  return `tcp:${String(host)}:${String(port)}`;
}
