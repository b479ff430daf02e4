import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ENTRY = /^\s*(?:export |(?:getContractFactory|getContractAt|deployContract)\(name: ')/

/**
 * The text with each run of entries sorted. TypeChain writes its lists in the order in which Hardhat happened to finish the
 * artifacts, so that two runs over the same contracts differ.
 */
export function sortedRuns(text: string): string {
  const sorted: string[] = []
  let run: string[] = []
  for (const line of [...text.trimEnd().split('\n'), '']) {
    if (ENTRY.test(line)) {
      run.push(line.trim())
      continue
    }
    sorted.push(...run.sort(), line)
    run = []
  }
  return sorted.join('\n')
}

function main(): void {
  const folder = join(import.meta.dirname, '..', 'typechain-types')
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/(?:index|hardhat\.d)\.ts$/.test(path)) continue
    const file = join(folder, path)
    writeFileSync(file, sortedRuns(readFileSync(file, 'utf8')))
  }
}

if (import.meta.main) main()
