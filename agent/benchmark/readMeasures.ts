/** What a benchmark measured, under the key of the label that it makes. */
export interface Measure {
  readonly key: string
  readonly value: number
}

/** Who prints what: each form is told by its own words, so that the operator may name any command that runs one of these. */
const FORMS: readonly ((text: string) => readonly Measure[])[] = [hpcc, hpl, stream, fio, osuLatency, osuBandwidth]

/** The measures in the output of HPC Challenge, HPL, STREAM, fio (JSON) or the OSU micro-benchmarks; none where it holds none of them. */
export function readMeasures(text: string): readonly Measure[] {
  return FORMS.flatMap((form) => form(text))
}

function hpcc(text: string): readonly Measure[] {
  const summary = text.split('Begin of Summary section.')[1]
  // A run that failed its own checks has measured nothing.
  if (summary === undefined || figure(summary, /^Success=(\S+)$/m) !== 1) return []
  const processes = figure(summary, /^CommWorldProcs=(\S+)$/m)
  // One process alone sends no messages.
  const messages = processes === 1 ? undefined : summary
  return present({
    'compute.gflops': times(figure(summary, /^HPL_Tflops=(\S+)$/m), 1000),
    // Per process, all running at the same time.
    'memory.gbps': times(figure(summary, /^StarSTREAM_Triad=(\S+)$/m), processes),
    'network.latency.us': figure(messages, /^MaxPingPongLatency_usec=(\S+)$/m),
    'network.gbps': figure(messages, /^MinPingPongBandwidth_GBytes=(\S+)$/m),
  })
}

/** The best of its lines, where the residuals of all passed. */
function hpl(text: string): readonly Measure[] {
  const runs = [...text.matchAll(/^W[RC]\S+(?:\s+\d+){4}\s+\S+\s+(\S+)\s*$/gm)].map((match) => Number(match[1]))
  if (runs.length === 0 || /\bFAILED\b/.test(text) || !/\bPASSED\b/.test(text)) return []
  return [{ key: 'compute.gflops', value: Math.max(...runs) }]
}

function stream(text: string): readonly Measure[] {
  if (!/Solution Validates/.test(text)) return []
  return present({ 'memory.gbps': times(figure(text, /^Triad:\s+(\S+)/m), 1 / 1000) })
}

interface FioSide {
  readonly bw_bytes: number
  readonly iops: number
  readonly total_ios: number
}

function fio(text: string): readonly Measure[] {
  const start = text.indexOf('{')
  if (start < 0 || !text.includes('"fio version"')) return []
  const { jobs } = JSON.parse(text.slice(start, text.lastIndexOf('}') + 1)) as {
    jobs: readonly ({ readonly error: number } & Readonly<Record<'read' | 'write', FioSide>>)[]
  }
  if (jobs.some(({ error }) => error !== 0)) return []
  const total = (side: 'read' | 'write', of: 'bw_bytes' | 'iops'): number | undefined => {
    const ran = jobs.filter((job) => job[side].total_ios > 0)
    return ran.length === 0 ? undefined : ran.reduce((sum, job) => sum + job[side][of], 0)
  }
  return present({
    'storage.read.mbps': times(total('read', 'bw_bytes'), 1e-6),
    'storage.read.iops': total('read', 'iops'),
    'storage.write.mbps': times(total('write', 'bw_bytes'), 1e-6),
    'storage.write.iops': total('write', 'iops'),
  })
}

/** The smallest message tells the latency. */
function osuLatency(text: string): readonly Measure[] {
  if (!/^# OSU MPI Latency Test/m.test(text)) return []
  return present({ 'network.latency.us': osuRows(text)[0] })
}

function osuBandwidth(text: string): readonly Measure[] {
  if (!/^# OSU MPI Bandwidth Test/m.test(text)) return []
  return present({ 'network.gbps': times(Math.max(...osuRows(text)), 1 / 1000) })
}

function osuRows(text: string): readonly number[] {
  return [...text.matchAll(/^\d+\s+(\S+)\s*$/gm)].map((match) => Number(match[1]))
}

function figure(text: string | undefined, pattern: RegExp): number | undefined {
  const found = pattern.exec(text ?? '')?.[1]
  return found === undefined ? undefined : Number(found)
}

function times(value: number | undefined, factor: number | undefined): number | undefined {
  return value === undefined || factor === undefined ? undefined : value * factor
}

function present(measures: Readonly<Record<string, number | undefined>>): readonly Measure[] {
  return Object.entries(measures).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]))
}
