/** What was found out of one node. */
export interface NodeFacts {
  readonly name: string
  /** What jobs may use. */
  readonly cpus: number
  /** MB that jobs may use. */
  readonly mem: number
  readonly gpus: number
  /** In lower case; empty where there is no gpu. */
  readonly gpuModel: string
  /** Labels that hold for this node. */
  readonly labels: Readonly<Record<string, string>>
}

/** Nodes, and what was left out and why, in words for the operator. */
export interface Inspection {
  readonly nodes: readonly NodeFacts[]
  readonly notes: readonly string[]
}

/** What a cluster said is not what it should have said. */
export class InspectionFailed extends Error {
  readonly code = 'INSPECTION_FAILED'
  override readonly name = 'InspectionFailed'
}

/** The names of architectures that labels use. */
export function archLabel(machine: string): string {
  const known: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' }
  return known[machine] ?? machine.toLowerCase()
}

/** Text as a label value: lower case, with single dashes between words. */
export function labelText(text: string): string {
  return text
    .toLowerCase()
    .replace(/\((?:r|tm)\)/g, '')
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^-+|-+$/g, '')
}

/** Who makes a gpu, by its model; undefined where that does not tell. */
export function gpuVendor(model: string): string | undefined {
  if (/^mi\d|radeon|amd/.test(model)) return 'amd'
  if (/^(?:nvidia|tesla|quadro|geforce|rtx|gtx|[abhlptv]\d{1,3}|gh200|gb200|k80)/.test(model)) return 'nvidia'
  return undefined
}
