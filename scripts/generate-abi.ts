import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'

const CONTRACTS = ['Credits', 'Jobs', 'Providers'] as const
const root = join(import.meta.dirname, '..')

interface AbiEntry {
  readonly type: string
}

/** The TypeScript text of a contract's ABI, one entry a line. */
export function abiText(contract: string, abi: readonly AbiEntry[]): string {
  const name = `${contract.charAt(0).toLowerCase()}${contract.slice(1)}Abi`
  const entries = abi.filter((entry) => entry.type !== 'constructor').map((entry) => `  ${JSON.stringify(entry)},\n`)
  return `/** The ABI of \`${contract}\`, generated from the contract. */\nexport const ${name} = [\n${entries.join('')}] as const\n`
}

/** Writes sdk/abi from the compiled contracts; returns the files that were not fresh. With `check`, writes nothing. */
export function generateAbi(artifacts: string, directory: string, check: boolean): readonly string[] {
  mkdirSync(directory, { recursive: true })
  const stale: string[] = []
  for (const contract of CONTRACTS) {
    const { abi } = JSON.parse(
      readFileSync(join(artifacts, 'contracts', `${contract}.sol`, `${contract}.json`), 'utf8'),
    )
    const file = join(directory, `${contract.toLowerCase()}.ts`)
    const text = abiText(contract, abi)
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
    stale.push(file)
    if (!check) writeFileSync(file, text)
  }
  return stale
}

function main(): void {
  const program = new Command('generate-abi')
    .description('Writes sdk/abi/*.ts from the compiled contracts (compile first with `npx hardhat build`).')
    .option('--check', 'write nothing, and fail where a file is not what the contracts say', false)
    .option('--artifacts <directory>', 'where the compiled contracts are', join(root, 'artifacts'))
    .option('--out <directory>', 'where the files go', join(root, 'sdk', 'abi'))
    .parse()
  const { check, artifacts, out } = program.opts<{ check: boolean; artifacts: string; out: string }>()
  if (CONTRACTS.some((contract) => !existsSync(join(artifacts, 'contracts', `${contract}.sol`, `${contract}.json`)))) {
    program.error(`error: no compiled contracts in ${artifacts}. Run \`npx hardhat build\` first.`)
  }
  const stale = generateAbi(artifacts, out, check)
  if (check && stale.length > 0) {
    program.error(`error: not fresh: ${stale.join(', ')}. Run \`node --import tsx scripts/generate-abi.ts\`.`)
  }
  for (const file of stale) console.log(`wrote ${file}`)
}

if (import.meta.main) main()
