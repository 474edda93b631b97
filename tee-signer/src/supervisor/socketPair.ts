import { randomUUID } from "node:crypto";
import { unlinkSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Two connected sockets, for two processes to talk over without their parent in between. The name that they find each
 * other by exists for this moment only; on Windows it is a pipe's.
 */
export function socketPair(): Promise<readonly [Socket, Socket]> {
  const path = process.platform === "win32" ? `\\\\.\\pipe\\${randomUUID()}` : join(tmpdir(), `${randomUUID()}.sock`);
  return new Promise((resolve, reject) => {
    // Paused: what the other side sends first is for the process that this socket goes to.
    const server = createServer({ pauseOnConnect: true });
    server.on("error", reject);
    server.listen(path, () => {
      const left = connect(path);
      left.on("error", reject).pause();
      server.once("connection", (right) => {
        server.close();
        if (process.platform !== "win32") unlinkIfThere(path);
        resolve([left, right]);
      });
    });
  });
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Closing the server has removed it.
  }
}
