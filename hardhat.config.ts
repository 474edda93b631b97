import { createRequire } from "node:module";
import hardhatViem from "@nomicfoundation/hardhat-viem";
import { defineConfig } from "hardhat/config";

const require = createRequire(import.meta.url);
/** The compiler is the npm package, so that nothing is downloaded outside the package registry. */
const solc = { version: "0.8.37", path: require.resolve("solc/soljson.js") };

export default defineConfig({
  plugins: [hardhatViem],
  paths: { sources: ["./contracts"], tests: { solidity: "./test" } },
  solidity: {
    compilers: [
      {
        ...solc,
        settings: {
          viaIR: true,
          optimizer: { enabled: true, runs: 2000 },
          evmVersion: "prague",
          metadata: { bytecodeHash: "none" },
        },
      },
    ],
  },
});
