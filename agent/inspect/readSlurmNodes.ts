import { archLabel, gpuVendor, type Inspection, InspectionFailed, labelText, type NodeFacts } from './nodes.ts'

/** States of nodes that an offer must not count on. */
const ABSENT = /\b(?:DOWN|FAIL|FAILING|FUTURE|UNKNOWN|NOT_RESPONDING|POWERED_DOWN|INVAL)\b|\*/

/**
 * Reads `scontrol -o show nodes`, one node a line. With a partition, only its nodes count. Throws InspectionFailed for text
 * that is something else, and where no node is left.
 */
export function readSlurmNodes(text: string, partition?: string): Inspection {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const all = lines.map(fieldsOf)
  if (all.some((fields) => fields['NodeName'] === undefined)) {
    throw new InspectionFailed(`scontrol said something else than nodes: ${lines[0]?.slice(0, 200)}`)
  }
  const mine = all.filter(({ Partitions = '' }) => partition === undefined || Partitions.split(',').includes(partition))
  const present = mine.filter(({ State = '' }) => !ABSENT.test(State))
  if (present.length === 0)
    throw new InspectionFailed('No node is up in what scontrol shows. Name another partition, or look at the cluster.')
  const left = mine.filter((fields) => !present.includes(fields))
  return {
    nodes: present.map(nodeOf),
    notes: left.map(({ NodeName, State }) => `node ${NodeName} is left out: it is ${State}`),
  }
}

type Fields = Readonly<Record<string, string | undefined>>

/** Values may hold blanks (`OS=Linux 6.1.0 #1 SMP`), names do not. */
function fieldsOf(line: string): Fields {
  const starts = [...line.matchAll(/(?:^|\s)([A-Za-z][A-Za-z0-9_/:]*)=/g)]
  const entries = starts.map((match, index): [string, string] => {
    const from = match.index + match[0].length
    return [match[1] ?? '', line.slice(from, starts[index + 1]?.index ?? line.length).trim()]
  })
  return Object.fromEntries(entries)
}

function nodeOf(fields: Fields): NodeFacts {
  const name = fields['NodeName'] ?? ''
  const cpus = wholeOf(name, fields, fields['CPUEfctv'] === undefined ? 'CPUTot' : 'CPUEfctv')
  const mem = wholeOf(name, fields, 'RealMemory') - Number(fields['MemSpecLimit'] ?? 0)
  const { count, model } = gpusOf(fields['Gres'] ?? '')
  const vendor = gpuVendor(model)
  const labels = {
    os: labelText(fields['OS']?.split(' ')[0] ?? 'linux'),
    arch: archLabel(fields['Arch'] ?? ''),
    ...(count > 0 && vendor !== undefined && { gpu: vendor }),
    ...(count > 0 && model !== '' && { 'gpu.model': model }),
  }
  return { name, cpus, mem, gpus: count, gpuModel: model, labels }
}

function wholeOf(node: string, fields: Fields, field: string): number {
  const value = Number(fields[field])
  if (Number.isInteger(value) && value > 0) return value
  throw new InspectionFailed(`Node ${node} has ${field}=${fields[field]}, which is no positive whole number.`)
}

/** `gpu:a100:4(S:0-1)`, `gpu:4`, `gpu`, several with commas; of more than one model the first names the node. */
function gpusOf(gres: string): { readonly count: number; readonly model: string } {
  const gpus = gres
    .replace(/\([^)]*\)/g, '')
    .split(',')
    .map((one) => one.split(':'))
    .filter(([kind]) => kind === 'gpu')
  const counts = gpus.map((parts) => Number(parts.length > 1 && /^\d+$/.test(parts.at(-1) ?? '') ? parts.at(-1) : 1))
  const model = gpus.map(([, second]) => second ?? '').find((second) => second !== '' && !/^\d+$/.test(second)) ?? ''
  return { count: counts.reduce((sum, count) => sum + count, 0), model: labelText(model) }
}
