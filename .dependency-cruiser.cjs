/** Who of the signer may import what. Each folder is one power; what it has no business with, it cannot import. */
const SIGNER = "^tee-signer/src";
const builtins = (...names) => names.flatMap((name) => [`^${name}$`, `^node:${name}$`, `^${name}/`, `^node:${name}/`]);
const NETWORK = builtins("net", "tls", "http", "https", "http2", "dgram", "dns", "inspector");
const PROGRAMS = builtins("child_process", "worker_threads", "cluster", "vm");
const KEYS = ["node_modules/@noble/curves/", "node_modules/viem/_esm/accounts/", "node_modules/viem/accounts/", "node_modules/viem/_types/accounts/"];

const only = (name, comment, allowed) => ({
  name: `${name}-imports-its-own`,
  severity: "error",
  comment,
  from: { path: `${SIGNER}/${name}/` },
  to: { path: `${SIGNER}/`, pathNot: `${SIGNER}/(${[name, ...allowed].join("|")})/` },
});
const never = (names, what, path, comment, more = {}) => ({
  name: `${names.join("-")}-${what}`,
  severity: "error",
  comment,
  from: { path: `${SIGNER}/(${names.join("|")})/`, ...more.from },
  to: { path, ...more.to },
});

module.exports = {
  forbidden: [
    only("protocol", "What processes say to each other knows no process; it names whole operations.", ["operation"]),
    only("operation", "Reading an operation takes no power.", ["protocol"]),
    only("http", "The agent layer knows neither policy nor key.", ["protocol"]),
    only("storage", "Storage decides nothing.", ["protocol"]),
    only("guardrails", "The guardrails know no key and no HTTP.", ["protocol", "operation", "storage"]),
    only("wallet", "The wallet knows no HTTP and no database.", ["protocol", "operation", "attestation", "simulator", "platforms"]),
    only("simulator", "The simulator is a platform, and nothing else.", ["protocol", "attestation"]),
    only("attestation", "Verifying takes no power: who verifies a signer need not run one.", []),
    only("platforms", "A platform is a platform, and nothing else.", ["protocol"]),
    only("supervisor", "The supervisor launches; it knows neither policy nor key.", ["protocol"]),
    { name: "native-code", severity: "error", comment: "Native code runs in the supervisor only, for the keychain.", from: { path: `${SIGNER}/`, pathNot: `${SIGNER}/supervisor/keychain.ts` }, to: { path: "node_modules/@napi-rs/" } },
    never(["http", "guardrails", "storage", "protocol", "operation", "platforms", "supervisor", "attestation"], "no-keys", KEYS, "Only the wallet handles keys."),
    never(["guardrails", "wallet", "storage", "simulator", "operation", "attestation"], "no-network", NETWORK, "Only the agent layer has a network.", { to: { dependencyTypesNot: ["type-only"] } }),
    never(["protocol"], "no-network", NETWORK, "Sockets are handed over, never opened.", { to: { dependencyTypesNot: ["type-only"] } }),
    never(["http", "guardrails", "wallet", "storage", "simulator", "platforms", "protocol", "operation", "attestation"], "no-programs", PROGRAMS, "Only the supervisor starts processes."),
    never(["http", "wallet", "guardrails", "protocol", "operation", "simulator", "attestation"], "no-database", [...builtins("sqlite"), "node_modules/pg/"], "Only storage speaks to databases."),
    never(["http", "protocol", "operation", "attestation"], "no-files", builtins("fs"), "The agent layer has no files; verifiers are handed what they look at."),
    never(["wallet", "guardrails", "storage", "simulator", "attestation"], "no-http-library", "node_modules/fastify/", "Only the agent layer speaks HTTP."),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"], extensions: [".ts", ".js", ".mjs"] },
  },
};
