import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{bench,bundler-local,deploy,scripts,tee-signer,test,ts-sdk}/**/*.test.ts"],
    // End-to-end tests start a chain and a bundler, and wait for blocks.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    passWithNoTests: false,
    allowOnly: false,
  },
});
