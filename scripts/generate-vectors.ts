/**
 * Writes `test/vectors/policy.json`: `node scripts/generate-vectors.ts [--check]`. With --check nothing is written, and the
 * exit code is 1 if the file is not what the code makes today.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeVectors } from '../test/vectors/vectors.ts'

const path = join(import.meta.dirname, '../test/vectors/policy.json')
const wanted = `${JSON.stringify(await makeVectors(), null, 2)}\n`
const found = existsSync(path) ? readFileSync(path, 'utf8') : ''
if (wanted !== found) {
  if (process.argv.includes('--check')) {
    console.error(
      'test/vectors/policy.json is out of date: run `node scripts/generate-vectors.ts`, and say why the format changed',
    )
    process.exitCode = 1
  } else {
    writeFileSync(path, wanted)
    console.log('wrote test/vectors/policy.json')
  }
}
