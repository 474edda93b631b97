import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";

/** What a guest agent would do wrong. */
export type AgentFaults = { status?: number; answer?: string };

/**
 * dstack's guest agent, as far as the signer asks it, on a socket of its own: keys derived from an application's secret
 * by path (as its KMS does), quotes that contain the report data. Field names and encodings are those of its documentation.
 */
export function startDstackAgent(socket: string, appSecret: string, faults: AgentFaults = {}): Promise<{ requests: string[]; stop(): Promise<void> }> {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      requests.push(`${request.method} ${request.url}`);
      const body = JSON.parse(text) as Record<string, string>;
      response.writeHead(faults.status ?? 200, { "content-type": "application/json" });
      response.end(faults.answer ?? JSON.stringify(answerTo(request.url, body, appSecret)));
    });
  });
  return new Promise((resolve) => {
    server.listen(socket, () => resolve({ requests, stop: () => new Promise((done) => void server.close(() => done())) }));
  });
}

function answerTo(url: string | undefined, body: Record<string, string>, appSecret: string): unknown {
  if (url === "/GetKey") {
    return { key: createHmac("sha256", appSecret).update(`${body["path"]}`).digest("hex"), signature_chain: ["00", "00"] };
  }
  const reportData = (body["report_data"] ?? "").padEnd(128, "0");
  return { quote: `04000200${"00".repeat(28)}${reportData}`, event_log: '[{"imr":3,"event_type":134217729,"digest":"aa","event":"app-id","event_payload":"bb"}]', report_data: reportData, vm_config: "{}" };
}
