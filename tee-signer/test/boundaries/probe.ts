/** Runs inside one of the signer's processes, as its flags make it, and tries to leave. Prints what came of each try. */
import { type EventEmitter } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";

const [own, ...forbidden] = process.argv.slice(2);
const results: Record<string, string> = {};
const attempt = async (name: string, run: () => unknown): Promise<void> => {
  try {
    await run();
    results[name] = "done";
  } catch (error) {
    const { code, name: kind, cause } = error as { code?: string; name: string; cause?: { code?: string } };
    results[name] = code ?? cause?.code ?? kind;
  }
};
const settled = (emitter: EventEmitter, event: string): Promise<unknown> => new Promise((resolve, reject) => emitter.once(event, resolve).once("error", reject));

if (own !== "-") {
  await attempt("own files", () => {
    writeFileSync(`${own}/probe`, "mine");
    return readFileSync(`${own}/probe`);
  });
}
for (const [index, path] of forbidden.entries()) {
  await attempt(`read ${index}`, () => readFileSync(path));
  await attempt(`write ${index}`, () => writeFileSync(path, "changed"));
}
await attempt("program", async () => (await import("node:child_process")).execFileSync("true"));
await attempt("thread", async () => new (await import("node:worker_threads")).Worker("0", { eval: true }));
await attempt("binding", () => (process as unknown as { binding(name: string): unknown }).binding("tcp_wrap"));
await attempt("native code", () => process.dlopen({ exports: {} }, "/nowhere.node"));
await attempt("inspector", async () => (await import("node:inspector")).open(0));
await attempt("listen", async () => settled((await import("node:net")).createServer().listen(0, "127.0.0.1").unref(), "listening"));
await attempt("connect", async () => settled((await import("node:net")).connect(9, "127.0.0.1"), "connect"));
await attempt("fetch", () => fetch("http://127.0.0.1:9/"));
await attempt("datagram", async () => settled((await import("node:dgram")).createSocket("udp4").bind(0), "listening"));
await attempt("eval", () => Reflect.construct(Function, ["return 1"]));
console.log(JSON.stringify(results));
process.exit(0);
