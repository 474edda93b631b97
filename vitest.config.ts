import { defineConfig } from "vitest/config";

const FOLDERS = "{bench,bundler-local,deploy,scripts,tee-signer,test,ts-sdk}";
/** Long stories on a chain with a bundler: `npm run test:e2e`. */
const E2E = `${FOLDERS}/**/e2e/**/*.test.ts`;

export default defineConfig({
  test: {
    // Tests with a chain and a bundler wait for blocks, and so do their hooks.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // More than the two cores that this has to do with: much of the time is waiting for blocks.
    maxWorkers: 3,
    passWithNoTests: false,
    allowOnly: false,
    projects: [
      { extends: true, test: { name: "quick", include: [`${FOLDERS}/**/*.test.ts`], exclude: [E2E, "**/node_modules/**"] } },
      { extends: true, test: { name: "e2e", include: [E2E], exclude: ["**/node_modules/**"] } },
    ],
  },
});
