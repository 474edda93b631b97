import { startAnvil } from "./anvil.ts";
import { installEntryPoints } from "./entry-points.ts";
const a = await startAnvil();
try {
  console.time("ep"); await installEntryPoints(a.client); console.timeEnd("ep");
  console.log(await a.client.request({ method: "web3_clientVersion" } as never), await a.client.request({ method: "anvil_nodeInfo" } as never));
  // code: GAS; POP; push keccak mem past end; call inner with low gas; INVALID
  const inner = "0x7000000000000000000000000000000000000001";
  await a.client.setCode({ address: inner, bytecode: "0x5b600056" }); // infinite loop
  const bad = "0x7000000000000000000000000000000000000002";
  await a.client.setCode({ address: bad, bytecode: "0xfe" });
  const unas = "0x7000000000000000000000000000000000000003";
  await a.client.setCode({ address: unas, bytecode: "0x0c" });
  const rev = "0x7000000000000000000000000000000000000004";
  await a.client.setCode({ address: rev, bytecode: "0x60006000fd" });
  const outer = "0x7000000000000000000000000000000000000009";
  const call = (t: string, gas = "61ffff") => `6000600060006000600073${t.slice(2)}${gas}f150`;
  await a.client.setCode({ address: outer, bytecode: `0x5a506040610100205060006000600060006000600262ffffff` .replace(/60006000600060006000600262ffffff/,"") + call(inner) + call(bad) + call(unas) + call(rev) + call("0x" + "2".padStart(40, "0")) + call("0x00000000000000000000000000000000deadbeef") + "00" as never });
  const tracer = `{
    out: [],
    fault: function(log, db) { this.out.push(['fault', log.op.toString(), log.op.toNumber(), log.getDepth(), String(log.getError())]); },
    enter: function(f) { this.out.push(['enter', f.getType(), toHex(f.getTo()), String(f.getGas()), String(f.getValue())]); },
    exit: function(f) { var e; try { e = String(f.getError()); } catch (x) { e = 'EX ' + x; } this.out.push(['exit', e, String(f.getGasUsed()), toHex(f.getOutput())]); },
    step: function(log, db) {
      var r = ['step', log.op.toString(), log.op.toNumber(), log.getDepth(), log.getGas(), toHex(log.contract.getAddress()), log.getError ? String(log.getError()): 'noGetError'];
      if (log.op.toNumber() == 0x20) { r.push(log.memory.length()); r.push(log.stack.peek(0).toString(16)); try { r.push(toHex(log.memory.slice(0x100, 0x140))); } catch (e) { r.push('EX' + e); } }
      if (log.getDepth() < 2 || this.out.length < 60) this.out.push(r);
    },
    result: function() { return this.out; } }`;
  const r = await a.client.request({ method: "debug_traceCall", params: [{ from: "0x1000000000000000000000000000000000000001", to: outer, gas: "0xfffff" }, "latest", { tracer }] } as never);
  for (const x of r as unknown[]) console.log(JSON.stringify(x));
  const c = await a.client.request({ method: "debug_traceCall", params: [{ from: "0x1000000000000000000000000000000000000001", to: outer, gas: "0xfffff" }, "latest", { tracer: "callTracer", tracerConfig: { withLog: true } }] } as never);
  console.log(JSON.stringify(c, null, 1));
} finally { await a.stop(); }
