import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import * as factories from '../typechain-types/index.ts'
import { measureAffinity, measureCalls } from './gasCalls.ts'
import { measureLifecycles } from './gasLifecycle.ts'
import { deviations } from './gasSnapshot.ts'

/**
 * Measures what the contracts cost, from receipts on an in-process chain (hardfork osaka). `--json` prints one JSON object, otherwise tables.
 * `lifecycle.direct` and `lifecycle.signed` are gas a job for its whole life: a hundred jobs in flight, returning customer and provider.
 * `--check` fails where a figure is more than 2 % from the committed snapshot; `--write` writes the snapshot anew.
 */
const SNAPSHOT = new URL('gas.snapshot.json', import.meta.url)
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const steps = await measureLifecycles()
const lifecycle = Object.fromEntries(Object.entries(steps).map(([name, { total }]) => [name, total]))
const figures = {
  hardfork: 'osaka',
  lifecycle,
  lifecycleSteps: steps,
  calls: await measureCalls(),
  submitByAffinityBytes: await measureAffinity(),
  bytecodeBytes: bytecodeSizes(),
}
if (values.write) writeFileSync(SNAPSHOT, `${JSON.stringify(figures, null, 2)}\n`)
if (values.check) check()
else if (values.json) console.log(JSON.stringify(figures))
else print()
process.exit(0)

function check(): void {
  const found = deviations(JSON.parse(readFileSync(SNAPSHOT, 'utf8')), figures)
  for (const line of found) console.error(line)
  if (found.length > 0) {
    console.error('Where that is meant, write the snapshot anew: npm run bench:gas -- --write')
    process.exit(1)
  }
  console.log('Every figure is within 2 % of bench/gas.snapshot.json')
}

function print(): void {
  console.log('Gas a job for its whole life')
  console.table(steps)
  console.log('Gas an item, alone and in batches')
  console.table(figures.calls)
  console.log('Gas of a signed submit by the length of its affinity')
  console.table(figures.submitByAffinityBytes)
  console.log('Creation bytecode, bytes')
  console.table(figures.bytecodeBytes)
}

function bytecodeSizes(): Record<string, number> {
  const sizes = Object.entries(factories).flatMap(([name, factory]) =>
    'bytecode' in factory && typeof factory.bytecode === 'string' && factory.bytecode.length > 2
      ? [[name.replace('__factory', ''), (factory.bytecode.length - 2) / 2] as const]
      : [],
  )
  return Object.fromEntries(sizes)
}
