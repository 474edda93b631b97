/** Everything in the repository that is made from something else in it; each writes its file, or checks it under `--check`. */
export const GENERATORS: readonly { readonly title: string; readonly script: string }[] = [
  { title: "ABIs in the SDK are those of the contracts", script: "scripts/generate-abis.ts" },
  { title: "Test vectors are those of the SDK", script: "scripts/generate-vectors.ts" },
  { title: "Boxes of docs/WIRE-FORMAT.md are those of the table that tests read", script: "scripts/generate-wire-format.ts" },
  { title: "docs/ERRORS.md is what the contracts' errors say", script: "scripts/generate-errors-page.ts" },
  { title: "README.md and docs/SIGNED-GRANTS.md show tested examples and the measured figures", script: "scripts/generate-readme.ts" },
  { title: "docs/COMPARISON.md shows the measured figures", script: "scripts/generate-comparison.ts" },
];
