import { createServer, type IncomingMessage } from "node:http";

export type Asked = { readonly method: string; readonly path: string; readonly headers: IncomingMessage["headers"]; readonly body: string };
export type Answered = { readonly status?: number; readonly body: unknown };
export type Service = { readonly asked: Asked[]; readonly url: string; stop(): Promise<void> };

/** Serves on a Unix socket, or on a free port of this machine. What was asked is kept. */
export function serve(answer: (asked: Asked) => Answered | Promise<Answered>, socket?: string): Promise<Service> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      const one = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
      asked.push(one);
      void Promise.resolve(one)
        .then(answer)
        .catch((error: Error): Answered => ({ status: 400, body: { message: error.message } }))
        .then(({ status = 200, body: content }) => response.writeHead(status).end(typeof content === "string" ? content : JSON.stringify(content)));
    });
  });
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    const listening = (): void => {
      const address = server.address();
      const url = typeof address === "object" && address ? `http://127.0.0.1:${address.port}` : "http://localhost";
      resolve({ asked, url, stop: () => new Promise((done) => void server.close(() => done())) });
    };
    if (socket === undefined) server.listen(0, "127.0.0.1", listening);
    else server.listen(socket, listening);
  });
}
