/**
 * `npm test`: every lane that has no command of its own, or the one named, with the lane's own arguments behind it. The last line is the total.
 *
 *     node scripts/test.ts [types | solidity | vitest | e2e] [arguments of that lane]
 */
import { BootstrapError } from "./bootstrap/say.mjs";
import { add, NOTHING, summary } from "./lanes/counts.ts";
import { type Lane, LANES } from "./lanes/lanes.ts";

const [name, ...args] = process.argv.slice(2);
const chosen: readonly (Lane | undefined)[] = name === undefined ? Object.values(LANES).filter(({ alone }) => !alone) : [LANES[name]];

let total = NOTHING;
for (const lane of chosen) {
  if (!lane) {
    console.error(`There is no lane "${name}": ${Object.keys(LANES).join(", ")}.`);
    total = add(total, { passed: 0, failed: 1 });
    continue;
  }
  console.log(`\n» ${lane.title}\n`);
  try {
    const counts = await lane.run(args);
    total = add(total, counts);
    console.log(`\n» ${summary(counts)}`);
  } catch (error) {
    console.error(error instanceof BootstrapError ? error.message : error);
    total = add(total, { passed: 0, failed: 1 });
  }
}
console.log(`\n${summary(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;
