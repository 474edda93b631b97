import { CASES } from "./cases.ts";
import type { Outcome, Row } from "./matrix.ts";

export type Results = readonly { row: Row; outcomes: Record<string, Outcome> }[];

function cell(outcome: Outcome | undefined): string {
  if (!outcome) return "–";
  if (!outcome.passed) return "**no**";
  return outcome.count === undefined ? "✓" : `✓ ${outcome.count}`;
}

function rowsOf(results: Results): string[][] {
  return results.map(({ row, outcomes }) => [
    row.title,
    `v${row.version}`,
    row.signer,
    ...CASES.map(({ name }) => cell(outcomes[name])),
  ]);
}

const HEAD = ["account", "EntryPoint", "key", ...CASES.map(({ name }) => name)];

/** The matrix for a terminal. */
export function table(results: Results): string {
  const rows = [HEAD, ...rowsOf(results)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((it, column) => it.padEnd(widths[column] ?? 0)).join("  ").trimEnd()).join("\n");
}

/** One line for each cell that fails. */
export function problems(results: Results): readonly string[] {
  return results.flatMap(({ row, outcomes }) =>
    Object.entries(outcomes).flatMap(([name, outcome]) =>
      outcome.passed ? [] : [`${row.title}, EntryPoint v${row.version}, ${name}: ${outcome.problem}`],
    ),
  );
}

/** Accounts and what of them does not work, by the account's own source. */
const REASONS: readonly string[] = [
  "**Kernel 0.3.1 and Nexus 1.0.1 on EntryPoint v0.8 and v0.9**: both take the EntryPoint in their constructor, and the same code runs on each. A deployed implementation obeys the one it was made with: ask `entryPoint()`, Kernel `entrypoint()`.",
  "**Safe7579 1.0.0 on v0.8 and v0.9**: no. `AccessControl.entryPoint()` returns the address of v0.7 as a constant, and everything else is refused as `AccountAccessUnauthorized`.",
  "**The reference MSA on v0.8 and v0.9**: no. `AccountBase.entryPoint()` returns the address of v0.7 as a constant.",
  "**Safe7579 and reasons**: the adapter calls validators through the Safe and reverts with `ExecutionFailed()` whatever they revert with, so the EntryPoint cannot pass on the module's error. The SDK asks the module's dry run first, which has it.",
  "**Safe7579, last 20 bytes**: the adapter takes its caller from the end of the call data and believes it if the Safe calls. Whoever may have the Safe call the adapter with bytes of their own choice rules the Safe. No permission for any target may name a function of an account; never grant the adapter as a target.",
  "**Nexus and its owner's validator**: `K1Validator.transferOwnership` obeys the account. The same rule holds: not at any target, and never grant a validator as a target.",
  "**Kernel 0.3.1 under EIP-7702**: it works, though that release was not made for it, and its `initialize` takes the first who calls. The owner has to be named in the transaction that delegates, which the EOA itself sends ([why, and how](ACCOUNTS.md#an-eoa-under-eip-7702-with-kernel), [test](../test/accounts/kernelDelegate.test.ts)).",
  "**Kernel 0.3.3**: not here. Its bytecode was in none of the packages looked at (`@zerodev/sdk` 5.5.10, `@zerodev/ecdsa-validator` 5.4.9, `@zerodev/permissions` 5.6.3, `@biconomy/abstractjs` 1.2.3, `@rhinestone/sdk` 1.15.0, `@pimlico/mock-paymaster` 0.0.7, `permissionless` 0.4.1: addresses, ABIs and code of other things; `@rhinestone/modulekit` 0.5.9: code of 0.3.1), nor was that of ZeroDev's and Biconomy's own ECDSA validators. The adapter knows later releases by their `accountId()`; permissionless treats 0.3.1 to 0.3.3 alike.",
  "**Kernel with a hook on the validator**: operations go by `executeUserOp` then (`InvalidValidator`, `OnlyExecuteUserOp`), which the module takes under policies that say `executeUserOp: true` and no other. The SDK installs without a hook unless one is named, and names one that is there (`ModuleHookedError`): [test](../test/accounts/kernelHook.test.ts).",
  "**Kernel with a hook, and bundlers' estimates**: Kernel remembers by an operation's hash which hook runs around it, and a bundler that estimates the call by itself (Alto 0.0.20) asks under another hash, finds none and answers with its least figure. The SDK asks the node about the account's call and the hook instead.",
  "**P-256 without the precompile, and a carried grant**: both in one validation come near the 500,000 gas that bundlers allow, and on the build of Kernel here above it. The SDK then says so before anything is signed (`VerificationGasExceeded`): grant the key first, or submit the signed grant by itself.",
  "**Contracts as keys (ERC-1271)**: the module takes them in both lanes, and these rows hand their operations to the EntryPoint themselves. A bundler takes none of them: the contract answers from its own storage, which ERC-7562 forbids. The SDK says so before it signs (`ContractSignerInBundlerLane`); the direct lane is theirs.",
];

/** docs/COMPATIBILITY.md. */
export function page(results: Results): string {
  const line = (row: readonly string[]) => `| ${row.join(" | ")} |`;
  return [
    "# Compatibility",
    "<!-- Written by `npm run test:accounts` -->",
    "Each row is one account on one EntryPoint. Each cell was run: ✓ means that all of it held. `npm run test:accounts` runs it again. Every account also acts through a bundler on every EntryPoint, by grants of both kinds, some by keys that verifiers check and Kernel with a hook, and each validation is held against ERC-7562: `npm run test:e2e` ([test](../test/accounts/e2e/bundler.test.ts)).",
    "Kernel, Nexus, the Safe with its adapter and the reference MSA are the creation code that `@rhinestone/modulekit` 0.5.9 carries; that of Kernel and of the MSA was built without regard to the limit of code size, so their deployed builds cost less gas. OpenZeppelin's are its released source. A Safe is owned by its own owners; Kernel, Nexus, the MSA and OpenZeppelin's by an ECDSA validator of this project's tests, in the place of each vendor's. Under `owner by ERC-7739` that validator, or OpenZeppelin's account itself, takes signatures nested in the account's domain only, as Biconomy's K1 validator does; those rows are run with one key, since it knows nothing of it.",
    [line(HEAD), line(HEAD.map(() => "---")), ...rowsOf(results).map(line)].join("\n"),
    "Keys: `secp256k1` is an EOA; `P-256`, `passkey`, `2 of 3` (a multisig of two EOAs and a P-256 key) and `contract` (ERC-1271) are checked by their verifiers ([SIGNERS.md](SIGNERS.md)).",
    "## What a column says",
    [
      "- **install**: as validator and as executor, by the account's own call; the second install spares the epoch.",
      "- **lanes**: the first and last of the parallel nonce sequences that the account's nonce keys leave free.",
      "- **over cap**: one call, one batch and the sum over operations, each a unit too much.",
      "- **escalation**: the figure counts the ways that were tried and refused: the account's own functions, wrapping, delegatecall, the account and what stands for it as a target, its validators and adapter, wildcard grants, the owner's nonce key, modes that enable modules, ERC-1271, appended senders, the module's administration.",
      "- **re-delegation**: a key whose grant pins the code is refused under other code, and works again under the first.",
      "- **measured key**: an operation without its frame is refused; what a contract takes beyond what the call data say is charged to the same cap, in both lanes, and undone where it passes it.",
      "- **direct lane**: without a bundler, single and batch, from the same budget.",
      "- **off-chain grant**: signed by the owner as the account knows its owner; carried by an operation, and submitted by anyone.",
      "- **pause**, **revoke**, **revokeAll**: refused in both lanes; grants that were signed before are burned.",
      "- **uninstall, reinstall**: nothing that was alive before is alive after.",
    ].join("\n"),
    "## What does not work, and why",
    REASONS.map((it) => `- ${it}`).join("\n"),
  ]
    .join("\n\n")
    .concat("\n");
}
