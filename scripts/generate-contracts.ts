import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fragment, type JsonFragment, type JsonFragmentType } from 'ethers'
import { readSources, runSolc } from './mutate/solidity.ts'

const CONTRACTS = ['Jobs', 'Providers', 'Credits'] as const

/** What one contract says of itself in NatSpec, as solc puts it out. */
export interface Documented {
  readonly abi: readonly JsonFragment[]
  readonly userdoc: UserDoc
  readonly devdoc: DevDoc
}

interface UserDoc {
  readonly notice?: string
  readonly methods?: Readonly<Record<string, { notice?: string }>>
  readonly events?: Readonly<Record<string, { notice?: string }>>
  readonly errors?: Readonly<Record<string, readonly { notice?: string }[]>>
}

interface DevDoc {
  readonly details?: string
  readonly methods?: Readonly<Record<string, DevEntry>>
  readonly events?: Readonly<Record<string, DevEntry>>
  readonly errors?: Readonly<Record<string, readonly DevEntry[]>>
}

interface DevEntry {
  readonly details?: string
  readonly params?: Readonly<Record<string, string>>
  readonly returns?: Readonly<Record<string, string>>
}

const KINDS = [
  { title: 'Functions', type: 'function', told: 'methods' },
  { title: 'Events', type: 'event', told: 'events' },
  { title: 'Errors', type: 'error', told: 'errors' },
] as const

/** The reference of one contract as Markdown. What it inherits from OpenZeppelin without a word of ours is left out. */
export function contractSection(name: string, { abi, userdoc, devdoc }: Documented): string {
  const kinds = KINDS.map(({ title, type, told }) => {
    const entries = abi.filter((entry) => entry.type === type)
    const texts = entries.flatMap((entry) => {
      const key = Fragment.from(entry).format('sighash')
      const notice = first(userdoc[told]?.[key])?.notice
      if (notice === undefined) return []
      return [entryText(entry, notice, first<DevEntry>(devdoc[told]?.[key]))]
    })
    return texts.length === 0 ? '' : `### ${title}\n\n${texts.sort().join('\n\n')}`
  })
  const head = [`## ${name}`, userdoc.notice ?? '', devdoc.details ?? '']
  return [...head, ...kinds].filter((text) => text !== '').join('\n\n')
}

function entryText(entry: JsonFragment, notice: string, dev: DevEntry | undefined): string {
  const outputs = entry.outputs === undefined || entry.outputs.length === 0 ? '' : ` → ${listOf(entry.outputs)}`
  const view = entry.stateMutability === 'view' || entry.stateMutability === 'pure' ? ' (read)' : ''
  const details = [...Object.entries(dev?.params ?? {}), ...Object.entries(dev?.returns ?? {})]
  const lines = [dev?.details, ...details.map(([name, text]) => `\`${name}\`: ${text}`)]
  const extra = lines.filter((line) => line !== undefined).map((line) => `\n  ${line}`)
  return `- **\`${entry.name}${listOf(entry.inputs ?? [])}${outputs}\`**${view}\n  ${notice}${extra.join('')}`
}

function listOf(values: readonly JsonFragmentType[]): string {
  return `(${values.map((value) => [typeOf(value), value.indexed ? 'indexed' : '', value.name].filter(Boolean).join(' ')).join(', ')})`
}

/** Structs, enums and contracts by their names in the source. */
function typeOf({ type, internalType }: JsonFragmentType): string {
  return (internalType ?? type ?? '').replace(/^(struct|enum|contract) /, '')
}

function first<Entry>(entry: Entry | readonly Entry[] | undefined): Entry | undefined {
  return Array.isArray(entry) ? entry[0] : (entry as Entry | undefined)
}

/** The page about all contracts. */
export function contractsPage(documented: ReadonlyMap<string, Documented>): string {
  const sections = [...documented].map(([name, contract]) => contractSection(name, contract))
  const head =
    'Written from the NatSpec of `contracts/interfaces/` by `npm run generate`. What types hold is in `contracts/types/`, who is trusted with what in [SECURITY.md](../SECURITY.md).'
  return `${['# Contracts', head, ...sections].join('\n\n')}\n`
}

/** The contracts as solc documents them, each introduced by what its interface says of it. */
export function documentedContracts(): ReadonlyMap<string, Documented> {
  const files = (name: string) =>
    [`project/contracts/${name}.sol`, `project/contracts/interfaces/I${name}.sol`] as const
  const selection = CONTRACTS.flatMap(files).map((file) => [file, { '*': ['abi', 'userdoc', 'devdoc'] }])
  const { contracts = {} } = runSolc<Documented>(readSources('contracts'), Object.fromEntries(selection))
  return new Map(
    CONTRACTS.map((name) => {
      const [contract, face] = [contracts[files(name)[0]]?.[name], contracts[files(name)[1]]?.[`I${name}`]]
      if (contract === undefined || face === undefined) throw new Error(`solc put out nothing about ${name}`)
      const details = [face.devdoc.details, contract.devdoc.details].filter((text) => text !== undefined).join('\n\n')
      const notice = face.userdoc.notice ?? ''
      return [name, { ...contract, userdoc: { ...contract.userdoc, notice }, devdoc: { ...contract.devdoc, details } }]
    }),
  )
}

if (import.meta.main) {
  writeFileSync(join(import.meta.dirname, '../docs/contracts.md'), contractsPage(documentedContracts()))
}
