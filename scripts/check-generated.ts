import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const root = join(import.meta.dirname, '..')
const GENERATED = [
  'typechain-types',
  'sdk/abi',
  'sdk/gatewayApi',
  'docs/states.md',
  'docs/contracts.md',
  'docs/cli.md',
  'docs/sdk.md',
  'test/sdk/examples.ts',
  'README.md',
  'workflow/schema.json',
]
/** Folders that hold nothing but generated files: what the generators no longer write must go. */
const WHOLLY = ['typechain-types', 'sdk/abi', 'sdk/gatewayApi']

type Contents = ReadonlyMap<string, string>

/** The paths whose text is not the same before and after, and those that are on one side alone; sorted. */
export function differences(before: Contents, after: Contents): readonly string[] {
  const paths = new Set([...before.keys(), ...after.keys()])
  return [...paths].filter((path) => before.get(path) !== after.get(path)).sort()
}

function contentsOf(path: string): readonly (readonly [string, string])[] {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [[relative(root, path), readFileSync(path, 'utf8')]]
  return readdirSync(path).flatMap((name) => contentsOf(join(path, name)))
}

function snapshot(): Contents {
  return new Map(GENERATED.flatMap((path) => contentsOf(join(root, path))))
}

function restore(contents: Contents): void {
  for (const [path, text] of contents) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

/** Generates everything anew, in place, and fails where that changed a file. */
function main(): void {
  const before = snapshot()
  for (const path of WHOLLY) rmSync(join(root, path), { recursive: true, force: true })
  const { status } = spawnSync('npm', ['run', '--silent', 'generate'], { cwd: root, stdio: 'inherit' })
  if (status !== 0) {
    restore(before)
    console.error('error: `npm run generate` failed; the generated files are as they were.')
    process.exit(1)
  }
  const stale = differences(before, snapshot())
  if (stale.length === 0) return
  console.error(`error: not fresh, and written anew now: ${stale.join(', ')}. Commit what \`npm run generate\` writes.`)
  process.exit(1)
}

if (import.meta.main) main()
