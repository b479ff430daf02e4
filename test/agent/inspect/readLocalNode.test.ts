import { expect } from 'chai'
import { describe, it } from 'mocha'
import { InspectionFailed } from '../../../agent/inspect/nodes.ts'
import { readLocalNode } from '../../../agent/inspect/readLocalNode.ts'

const lscpu = (flags: string, machine = 'x86_64'): string =>
  `Architecture:                       ${machine}
CPU(s):                             8
Model name:                         Intel(R) Xeon(R) Gold 6226 CPU @ 2.70GHz
Flags:                              fpu ${flags}
`
const meminfo = 'MemTotal:       32768000 kB\nMemFree:        1 kB\n'
const v2 = 'sse4_2 ssse3 popcnt cx16'
const v3 = `${v2} avx2 bmi1 bmi2 fma f16c movbe`

describe('readLocalNode', () => {
  it('reads cpus, memory and labels of the machine', () => {
    const { nodes } = readLocalNode({ lscpu: lscpu(v2), meminfo, nvidiaSmi: undefined }, 'here')
    const labels = { os: 'linux', arch: 'amd64', cpu: 'intel-xeon-gold-6226-cpu-2.70ghz', 'cpu.microarch': 'x86-64-v2' }
    expect(nodes).to.deep.equal([{ name: 'here', cpus: 8, mem: 32_000, gpus: 0, gpuModel: '', labels }])
  })

  for (const [flags, level] of [
    ['', 'x86-64'],
    [v2, 'x86-64-v2'],
    [v3, 'x86-64-v3'],
    [`${v3} avx512f avx512bw avx512cd avx512dq avx512vl`, 'x86-64-v4'],
    [`${v3} avx512f`, 'x86-64-v3'],
  ] as const) {
    it(`names ${level} by its flags`, () => {
      const { nodes } = readLocalNode({ lscpu: lscpu(flags), meminfo, nvidiaSmi: undefined })
      expect(nodes[0]?.labels['cpu.microarch']).to.equal(level)
    })
  }

  it('names no level of another architecture', () => {
    const { nodes } = readLocalNode({ lscpu: lscpu('', 'aarch64'), meminfo, nvidiaSmi: undefined })
    expect(nodes[0]?.labels).to.include({ arch: 'arm64' })
    expect(nodes[0]?.labels).not.to.have.property('cpu.microarch')
  })

  it('counts gpus, and says where they differ', () => {
    const nvidiaSmi = 'NVIDIA A100-SXM4-40GB\nTesla T4\n'
    const { nodes, notes } = readLocalNode({ lscpu: lscpu(v3), meminfo, nvidiaSmi })
    expect(nodes[0]).to.include({ gpus: 2, gpuModel: 'nvidia-a100-sxm4-40gb' })
    expect(nodes[0]?.labels).to.include({ gpu: 'nvidia' })
    expect(notes[0]).to.contain('tesla-t4')
  })

  for (const texts of [
    { lscpu: '', meminfo },
    { lscpu: lscpu(v2), meminfo: '' },
  ]) {
    it(`refuses ${texts.lscpu === '' ? 'no lscpu' : 'no memory'}`, () => {
      expect(() => readLocalNode({ ...texts, nvidiaSmi: undefined })).to.throw(InspectionFailed)
    })
  }
})
