/** `npm run generate`: writes every generated file anew. `npm run lint` checks that nothing would change. */
import { GENERATORS } from "./generate/generators.ts";
import { runNode } from "./lanes/program.ts";

for (const { script } of GENERATORS) {
  const { code } = await runNode([script]);
  if (code !== 0) process.exitCode = 1;
}
