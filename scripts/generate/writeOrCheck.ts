import { existsSync, readFileSync, writeFileSync } from "node:fs";

/**
 * Writes a generated file; under `--check` only says whether it is up to date, and fails if it is not.
 * @param command what a person runs to bring it up to date
 */
export function writeOrCheck(path: string, content: string, command: string): void {
  if (!process.argv.includes("--check")) {
    writeFileSync(path, content);
    console.log(`${path} written`);
    return;
  }
  if (existsSync(path) && readFileSync(path, "utf8") === content) return;
  console.error(`${path} is out of date: run ${command}`);
  process.exitCode = 1;
}
