import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { InterfaceAbi } from 'ethers'

const require = createRequire(import.meta.url)
const root = join(import.meta.dirname, '../..')

/** Source texts by the names under which Hardhat knows them: `project/…`, which go into the placeholders of linked libraries. */
export type Sources = Readonly<Record<string, string>>

/** A node of the compact AST of solc; `src` is `start:length:file` in bytes. */
export interface Node {
  readonly nodeType: string
  readonly src: string
  readonly [field: string]: unknown
}

export interface Compiled {
  readonly abi: InterfaceAbi
  readonly bytecode: string
}

/** A source that solc refuses. A mutant may well be one. */
export class DoesNotCompile extends Error {
  override readonly name = 'DoesNotCompile'
}

interface Output<Contract> {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[]
  readonly sources?: Readonly<Record<string, { readonly ast: Node }>>
  readonly contracts?: Readonly<Record<string, Readonly<Record<string, Contract>>>>
}

interface Bytecode {
  readonly abi: InterfaceAbi
  readonly evm: { readonly bytecode: { readonly object: string } }
}

/** Reads every Solidity source under the given folders of the repository. */
export function readSources(...folders: readonly string[]): Sources {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.sol') && !name.endsWith('.t.sol'))
      .map((name) => join(folder, name)),
  )
  return Object.fromEntries(files.sort().map((file) => [`project/${file}`, readFileSync(join(root, file), 'utf8')]))
}

/** The syntax trees of sources, by name. */
export function parse(sources: Sources): Readonly<Record<string, Node>> {
  const output = runSolc(sources, { '*': { '': ['ast'] } })
  return Object.fromEntries(Object.entries(output.sources ?? {}).map(([name, { ast }]) => [name, ast]))
}

/** Compiles the contracts of the named sources, without viaIR or optimizer: it is done within two seconds. */
export function compile(sources: Sources, wanted: readonly string[]): ReadonlyMap<string, Compiled> {
  const selection = Object.fromEntries(wanted.map((name) => [name, { '*': ['abi', 'evm.bytecode.object'] }]))
  const { contracts = {} } = runSolc<Bytecode>(sources, selection)
  const found = Object.entries(contracts).flatMap(([source, ofSource]) => (wanted.includes(source) ? [ofSource] : []))
  return new Map(
    found.flatMap((ofSource) =>
      Object.entries(ofSource).map(([name, { abi, evm }]) => [name, { abi, bytecode: `0x${evm.bytecode.object}` }]),
    ),
  )
}

/** Runs solc on sources for the selected output, without viaIR and optimizer. */
export function runSolc<Contract>(
  sources: Sources,
  outputSelection: Record<string, Record<string, readonly string[]>>,
): Output<Contract> {
  const solc = require('solc') as { compile(input: string, callbacks: object): string }
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(sources).map(([name, content]) => [name, { content }])),
    settings: {
      evmVersion: 'osaka',
      viaIR: false,
      optimizer: { enabled: false },
      // Bytecode that differs only in its metadata is the same program.
      metadata: { appendCBOR: false, bytecodeHash: 'none' },
      outputSelection,
    },
  }
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: readPackage })) as Output<Contract>
  const errors = (output.errors ?? []).filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new DoesNotCompile(errors.map(({ formattedMessage }) => formattedMessage).join('\n'))
  return output
}

function readPackage(path: string): { contents: string } | { error: string } {
  try {
    return { contents: readFileSync(require.resolve(path), 'utf8') }
  } catch {
    return { error: `not found: ${path}` }
  }
}
