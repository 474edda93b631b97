/**
 * Loaded before anything else in a process that must not have a network. Node's permission model has no word for it, and
 * keeps a process from files, programs and native bindings only; so what the network is reached by is taken away here.
 *
 * SIGNER_NETWORK says what remains: `none`, or `connect` for a database server.
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
if (process.env["SIGNER_NETWORK"] !== "connect") deny(Socket.prototype, "connect");
