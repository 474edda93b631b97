import { globSync } from "node:fs";
import { createRequire } from "node:module";
import hardhatViem from "@nomicfoundation/hardhat-viem";
import { defineConfig } from "hardhat/config";
import type { HardhatPlugin } from "hardhat/types/plugins";

const require = createRequire(import.meta.url);
/** The compiler is the npm package, so that nothing is downloaded outside the package registry. */
const solc = { version: "0.8.37", path: require.resolve("solc/soljson.js") };

/** Tests deploy the contracts from their artifacts, so they can do without the slow pipeline that contracts need. */
const testCompiler = {
  ...solc,
  settings: { viaIR: false, optimizer: { enabled: false }, evmVersion: "prague", metadata: { bytecodeHash: "none" } },
};
/**
 * The compiler's own default steps, spelled out: given by name they run without the shortcuts that the defaults take, and
 * the hot path costs 250 gas less.
 */
const optimizerSteps =
  "dhfoDgvulfnTUtnIf[xa[r]EscLMVcul[j]Tpeulxa[r]cLgvifMCTUca[r]LSsTFOtfDnca[r]IulcscCTUtgvifMx[scCTUt]TOntnfDIulgvifMjmul]VcTOculjmul:fDnTOcmu";
const testFiles = globSync("test/**/*.sol", { cwd: import.meta.dirname });

/** Drops what the compiler says about dependencies' sources: nothing there is ours to change. */
const quietDependencies: HardhatPlugin = {
  id: "quiet-dependencies",
  hookHandlers: {
    solidity: async () => ({
      default: async () => ({
        getCompilationJobErrors: async (context, job, output, next) => {
          const problems = await next(context, job, output);
          return problems.filter((it) => it.severity === "error" || !it.formattedMessage?.includes("--> ./node_modules/"));
        },
      }),
    }),
  },
};

/** Hardhat merges compilations whose settings are one and the same object, and makes an object for every override. */
const testsInOneCompilation: HardhatPlugin = {
  id: "tests-in-one-compilation",
  hookHandlers: {
    config: async () => ({
      default: async () => ({
        resolveUserConfig: async (userConfig, resolveVariable, next) => {
          const config = await next(userConfig, resolveVariable);
          for (const { overrides } of Object.values(config.solidity.profiles)) {
            const [shared] = Object.values(overrides);
            if (shared !== undefined) for (const file of Object.keys(overrides)) overrides[file] = shared;
          }
          return config;
        },
      }),
    }),
  },
};

export default defineConfig({
  plugins: [hardhatViem, quietDependencies, testsInOneCompilation],
  paths: { sources: ["./contracts"], tests: { solidity: "./test" } },
  // Known answers, which TypeScript makes and Solidity tests read.
  test: { solidity: { fsPermissions: { readDirectory: ["test/vectors"] } } },
  solidity: {
    // Contracts first, then tests: a test run never deploys a stale contract, whichever test files it names.
    splitTestsCompilation: true,
    compilers: [
      {
        ...solc,
        settings: {
          viaIR: true,
          optimizer: { enabled: true, runs: 500, details: { yul: true, yulDetails: { stackAllocation: true, optimizerSteps } } },
          evmVersion: "prague",
          metadata: { bytecodeHash: "none" },
        },
      },
    ],
    overrides: Object.fromEntries(testFiles.map((file) => [file.replaceAll("\\", "/"), testCompiler])),
  },
});
