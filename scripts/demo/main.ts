/**
 * `npm run demo`: an owner gives an agent a session key, the agent trades, a thief tries everything with the same key, and
 * the owner takes it back. The owner's key lives in the owner signer. On a local chain with a real bundler and a real
 * exchange. Exit code 0 only if every step went as expected.
 *
 *     npm run demo [-- --json]     the last line is one JSON object
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs, styleText } from "node:util";
import { formatEther, formatUnits, toFunctionSelector } from "viem";
import { type Stack, startStack } from "../../bundler-local/src/index.ts";
import { delegateAndTrade, HOUR, hijack, revokeAll, setUp, stop, useUp } from "./acts.ts";
import { buyAgain, buyOnce } from "./buying.ts";
import { EXACT_INPUT } from "./calls.ts";
import { keyOf } from "./key.ts";
import { buyingPolicy, payingPolicy, tradingPolicy } from "./policies.ts";
import { type DemoReport, reportOf } from "./report.ts";
import { blockTime, type Scene, setScene, tokenAbi } from "./scene.ts";
import { Steps } from "./steps.ts";
import { putOwnerIntoSigner, type SignedScene } from "./teeOwner.ts";
import { tableHead, tableRow } from "./table.ts";
import { inWords, type Names } from "./words.ts";

/** Ten operations and what surrounds them take about half of this. */
const NEEDED_IN_ONE_HOUR = 60n;
const CALLS_AN_HOUR = 10;
const SCREEN = Math.min(Math.max(process.stdout.columns ?? 120, 100), 140);

async function play(stack: Stack): Promise<DemoReport> {
  const setting = await setScene(stack);
  announce("Starting the owner signer, on the simulator: a TEE that is none");
  const scene = await putOwnerIntoSigner(setting);
  stopSigner = scene.stop;
  try {
    return await tell(stack, scene);
  } finally {
    await scene.stop();
  }
}

async function tell(stack: Stack, scene: SignedScene): Promise<DemoReport> {
  const { agent, secondAgent } = stack.accounts;
  const names = namesOf(scene);
  const steps = new Steps((step, refusal) => {
    console.log(tableRow(refusal ? { ...step, reason: step.outcome === "failed" ? step.reason : inWords(refusal, names) } : step, SCREEN));
  });
  const act = (title: string): void => console.log(`\n${styleText("bold", title)}\n${tableHead(SCREEN)}`);

  await showAttestation(scene);
  await untilHourIsLongEnough(scene);
  act("An agent gets a key: 100 USDC and 0.05 ETH a day, one exchange, 10 calls an hour, 24 hours");
  await setUp(steps, scene);
  const trader = await keyOf(scene, agent, tradingPolicy(scene, await blockTime(scene)));
  await delegateAndTrade(steps, scene, trader);

  act("The same key, stolen: each attempt is signed with it and sent to the bundler");
  const before = await balances(scene);
  await hijack(steps, scene, trader);
  const after = await balances(scene);
  console.log(`\n  The account holds ${after}${after === before ? ", as before the thief came." : `; before the thief came it held ${before}.`}`);

  const buyer = await keyOf(scene, secondAgent, buyingPolicy(scene, await blockTime(scene)), scene.person);
  act("A buying key: what it takes is measured, 1 % slippage at most, 50 USDC alone, 30 s between purchases");
  await buyOnce(steps, scene, buyer);

  act("Meanwhile the guardian pauses the first key, the owner resumes and revokes it");
  await stop(steps, scene, trader);

  await untilHourIsLongEnough(scene);
  const payer = await keyOf(scene, agent, payingPolicy(scene, await blockTime(scene)));
  act("A paying key with 10 calls an hour");
  await useUp(steps, scene, payer, CALLS_AN_HOUR);

  act("The buying key again, when its 30 s are over");
  await buyAgain(steps, scene, buyer);

  act("All keys revoked at once");
  await revokeAll(steps, scene, payer);

  const report = reportOf(steps.reports);
  return { ...report, ok: report.ok && before === after };
}

/** Who the owner is, before anything is asked of it. */
async function showAttestation({ attest, account }: SignedScene): Promise<void> {
  const { platform, validUntil } = await attest();
  const until = new Date(validUntil * 1000).toISOString().slice(11, 19);
  console.log(`\n  The owner of ${account} is a key in the signer, which only grants and revokes: attested (${platform}) until ${until} UTC.`);
}

/** A limit per hour is shown inside one hour. */
async function untilHourIsLongEnough(scene: Scene): Promise<void> {
  const now = await blockTime(scene);
  const left = HOUR - (now % HOUR);
  if (left >= NEEDED_IN_ONE_HOUR) return;
  console.log(`\n» This hour ends in ${left} s, and ten calls have to lie in one: waiting for the next …`);
  await sleep(Number(left + 1n) * 1000);
}

async function balances({ client, account, usdc, weth }: Scene): Promise<string> {
  const of = (address: typeof usdc): Promise<bigint> => client.readContract({ address, abi: tokenAbi, functionName: "balanceOf", args: [account] });
  const [dollars, wrapped] = await Promise.all([of(usdc), of(weth)]);
  return `${formatUnits(dollars, 6)} USDC and ${formatEther(wrapped)} WETH`;
}

function namesOf({ account, module, usdc, weth, uniswap, stack, supplier }: Scene): Names {
  return {
    addresses: {
      [account]: "the account",
      [module]: "the module",
      [usdc]: "USDC",
      [weth]: "WETH",
      [uniswap.swapRouter]: "the router",
      [stack.accounts.attacker.address]: "the thief",
      [supplier]: "the supplier",
    },
    functions: { [toFunctionSelector("transfer(address,uint256)")]: "transfer", [EXACT_INPUT]: "exactInput" },
    tokens: { [usdc]: { symbol: "USDC", decimals: 6 }, [weth]: { symbol: "WETH", decimals: 18 } },
  };
}

function announce(what: string): void {
  console.error(`» ${what} …`);
}

/** For who interrupts the demo. */
let stopSigner: (() => Promise<void>) | undefined;

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const began = Date.now();
let report: DemoReport = { ok: false, steps: [] };
try {
  const stack = await startStack({ onProgress: announce });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => void Promise.allSettled([stack.stop(), stopSigner?.()]).finally(() => process.exit(1)));
  }
  try {
    report = await play(stack);
  } finally {
    await stack.stop();
  }
  const wrong = report.steps.filter((step) => step.outcome !== step.expected).length;
  const verdict = report.ok ? `All ${report.steps.length} steps went as expected` : `${wrong} of ${report.steps.length} steps did not go as expected`;
  console.log(`\n${verdict}, in ${Math.round((Date.now() - began) / 1000)} s.`);
} catch (error) {
  console.error(error);
}
if (values.json) console.log(JSON.stringify(report));
process.exitCode = report.ok ? 0 : 1;
