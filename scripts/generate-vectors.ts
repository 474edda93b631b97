/**
 * Writes the files of known answers in `test/vectors/`: `node scripts/generate-vectors.ts [--check]`. With --check nothing
 * is written, and the exit code is 1 if one is not what the code makes today.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeConditionVectors } from '../test/vectors/conditions.ts'
import { makeCosigningVectors } from '../test/vectors/cosigning.ts'
import { makeGrantVectors } from '../test/vectors/grants.ts'
import { makeVectors } from '../test/vectors/vectors.ts'

const FILES = {
  'policy.json': makeVectors,
  'conditions.json': makeConditionVectors,
  'cosigning.json': makeCosigningVectors,
  'grants.json': makeGrantVectors,
}

for (const [name, make] of Object.entries(FILES)) {
  const path = join(import.meta.dirname, '../test/vectors', name)
  const wanted = `${JSON.stringify(await make(), null, 2)}\n`
  const found = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (wanted === found) continue
  if (process.argv.includes('--check')) {
    console.error(
      `test/vectors/${name} is out of date: run \`node scripts/generate-vectors.ts\`, and say why the format changed`,
    )
    process.exitCode = 1
  } else {
    writeFileSync(path, wanted)
    console.log(`wrote test/vectors/${name}`)
  }
}
