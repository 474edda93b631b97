import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const CRUISER = "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs";

/** Checks a file that would be in `folder` and had this import. */
function check(folder: string, line: string): { code: number | null; output: string } {
  const file = `tee-signer/src/${folder}/crossing${Math.random().toString(36).slice(2)}.tmp.ts`;
  writeFileSync(`${REPOSITORY}/${file}`, `${line}\n`);
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, [CRUISER, "--config", ".dependency-cruiser.cjs", file], { cwd: REPOSITORY, encoding: "utf8" });
    return { code: status, output: stdout + stderr };
  } finally {
    rmSync(`${REPOSITORY}/${file}`);
  }
}

it.each([
  ["http", 'export { KeyStore } from "../wallet/keyStore.ts";', "http-imports-its-own"],
  ["http", 'export { spend } from "../guardrails/caps.ts";', "http-imports-its-own"],
  ["http", 'export { privateKeyToAccount } from "viem/accounts";', "no-keys"],
  ["http", 'export { readFileSync } from "node:fs";', "no-files"],
  ["guardrails", 'export { KeyStore } from "../wallet/keyStore.ts";', "guardrails-imports-its-own"],
  ["guardrails", 'export { secp256k1 } from "@noble/curves/secp256k1";', "no-keys"],
  ["guardrails", 'export { connect } from "node:net";', "no-network"],
  ["guardrails", 'export { fork } from "node:child_process";', "no-programs"],
  ["wallet", 'export { openSqlite } from "../storage/sqlite.ts";', "wallet-imports-its-own"],
  ["wallet", 'export { createServer } from "node:http";', "no-network"],
  ["attestation", 'export { serve } from "../guardrails/verbs.ts";', "attestation-imports-its-own"],
  ["attestation", 'export { KeyStore } from "../wallet/keyStore.ts";', "attestation-imports-its-own"],
  ["attestation", 'export { request } from "node:https";', "no-network"],
  ["attestation", 'export { readFileSync } from "node:fs";', "no-files"],
  ["wallet", 'export { DatabaseSync } from "node:sqlite";', "no-database"],
])("in %s, %s breaks %s", (folder, line, rule) => {
  const { code, output } = check(folder, line);
  expect(code).not.toBe(0);
  expect(output).toContain(rule);
});
