import { archLabel, gpuVendor, type Inspection, InspectionFailed, labelText } from './nodes.ts'

/** What the machine says of itself. */
export interface LocalTexts {
  /** `lscpu` in the C locale. */
  readonly lscpu: string
  readonly meminfo: string
  /** `nvidia-smi --query-gpu=name --format=csv,noheader`; undefined where there is none. */
  readonly nvidiaSmi: string | undefined
}

/** Each level with the flag of lscpu that only it has, highest first: https://gitlab.com/x86-psABIs/x86-64-ABI. */
const X86_LEVELS: readonly (readonly [string, readonly string[]])[] = [
  ['x86-64-v4', ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl']],
  ['x86-64-v3', ['avx2', 'bmi1', 'bmi2', 'fma', 'f16c', 'movbe']],
  ['x86-64-v2', ['sse4_2', 'ssse3', 'popcnt', 'cx16']],
]

/** This machine as a cluster of one node. Throws InspectionFailed where a text is not what it should be. */
export function readLocalNode({ lscpu, meminfo, nvidiaSmi }: LocalTexts, name = 'localhost'): Inspection {
  const fields = Object.fromEntries(
    lscpu
      .split('\n')
      .map((line) => line.split(/:\s+/, 2))
      .filter((pair) => pair.length === 2),
  )
  const cpus = Number(fields['CPU(s)'])
  const kilobytes = Number(/^MemTotal:\s+(\d+) kB$/m.exec(meminfo)?.[1])
  if (!Number.isInteger(cpus) || cpus < 1) throw new InspectionFailed('lscpu names no number of cpus.')
  if (!Number.isInteger(kilobytes) || kilobytes < 1)
    throw new InspectionFailed('The memory information names no MemTotal.')
  const gpus = (nvidiaSmi ?? '')
    .split('\n')
    .map(labelText)
    .filter((model) => model !== '')
  const [gpuModel = ''] = gpus
  const model = labelText(fields['Model name'] ?? '')
  const level = microarchitecture(fields['Architecture'], (fields['Flags'] ?? '').split(/\s+/))
  const vendor = gpuVendor(gpuModel)
  const labels = {
    os: 'linux',
    arch: archLabel(fields['Architecture'] ?? ''),
    ...(model !== '' && { cpu: model }),
    ...(level !== undefined && { 'cpu.microarch': level }),
    ...(vendor !== undefined && { gpu: vendor }),
    ...(gpuModel !== '' && { 'gpu.model': gpuModel }),
  }
  const others =
    new Set(gpus).size > 1 ? [`gpus differ (${[...new Set(gpus)].join(', ')}): the first names the node`] : []
  return {
    nodes: [{ name, cpus, mem: Math.floor(kilobytes / 1024), gpus: gpus.length, gpuModel, labels }],
    notes: others,
  }
}

function microarchitecture(machine: string | undefined, flags: readonly string[]): string | undefined {
  if (machine !== 'x86_64') return undefined
  return X86_LEVELS.find(([, needed]) => needed.every((flag) => flags.includes(flag)))?.[0] ?? 'x86-64'
}
