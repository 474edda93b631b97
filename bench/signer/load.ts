import { Agent, request } from "node:http";

export type Shot = { readonly status: number; readonly startedAt: number; readonly endedAt: number };

/** Sends requests over kept connections. Plain node:http: the least that a client can cost the machine it shares. */
export class Load {
  readonly #agent: Agent;
  readonly #url: URL;

  constructor(url: string, connections: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#url = new URL("/v1/agent/user-operations", url);
  }

  shoot(token: string, body: string): Promise<Shot> {
    const startedAt = performance.now();
    return new Promise((resolve) => {
      const done = (status: number): void => resolve({ status, startedAt, endedAt: performance.now() });
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const sent = request(this.#url, { method: "POST", agent: this.#agent, headers }, (response) => {
        response.resume().on("end", () => done(response.statusCode ?? 0)).on("error", () => done(0));
      });
      sent.on("error", () => done(0));
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Closed loop: so many at a time, each the next one as soon as it has its answer. */
export async function closedLoop(shots: readonly (() => Promise<Shot>)[], concurrency: number): Promise<{ shots: Shot[]; seconds: number }> {
  const results: Shot[] = [];
  let next = 0;
  const began = performance.now();
  const worker = async (): Promise<void> => {
    for (let shot = shots[next++]; shot; shot = shots[next++]) results.push(await shot());
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return { shots: results, seconds: (performance.now() - began) / 1000 };
}

/** Open loop: one at its time, whether the earlier ones have been answered or not. Latency counts from that time. */
export async function openLoop(shots: readonly (() => Promise<Shot>)[], perSecond: number): Promise<number[]> {
  const began = performance.now();
  const latencies: Promise<number>[] = [];
  for (let index = 0; index < shots.length; ) {
    const due = Math.min(shots.length, Math.floor(((performance.now() - began) / 1000) * perSecond) + 1);
    for (; index < due; index++) {
      const planned = began + (index / perSecond) * 1000;
      const shot = shots[index];
      if (shot) latencies.push(shot().then(({ endedAt, status }) => (status === 200 ? endedAt - planned : Number.POSITIVE_INFINITY)));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return Promise.all(latencies);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
