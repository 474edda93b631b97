import { createServer } from "node:net";
import { PortInUseError, PortRangeError, type Service } from "./errors.ts";

/**
 * The port to listen on: the given one when it is free, for 0 any free one.
 * @throws PortInUseError, PortRangeError
 */
export async function takePort(service: Service, port: number): Promise<number> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new PortRangeError({ service, port });
  let taken = port;
  // The bundler listens on every interface: a port that only one of them has in use is not free.
  for (const host of ["127.0.0.1", "0.0.0.0"]) {
    const got = await tryPort(host, taken);
    if (got === undefined) throw new PortInUseError({ service, port: taken });
    taken = got;
  }
  return taken;
}

/** Listens for a moment. Undefined when the port is taken. */
function tryPort(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(undefined);
      else reject(error);
    });
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : port));
    });
  });
}
