/**
 * `npm run test:attestation`: every bit of every byte of every platform's evidence, and every length it can be cut to.
 * Takes some ten minutes, so `npm test` runs a sample of it.
 */
import { runNode } from '../../../scripts/lanes/program.ts'

const args = ['node_modules/vitest/vitest.mjs', 'run', 'tee-signer/test/attestation', ...process.argv.slice(2)]
process.exitCode = (await runNode(args, { VALET_EXHAUSTIVE: '1' })).code
