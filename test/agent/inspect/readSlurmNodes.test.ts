import { expect } from 'chai'
import { describe, it } from 'mocha'
import { InspectionFailed } from '../../../agent/inspect/nodes.ts'
import { readSlurmNodes } from '../../../agent/inspect/readSlurmNodes.ts'

const line = (fields: Readonly<Record<string, string>>): string =>
  Object.entries({
    NodeName: 'n1',
    Arch: 'x86_64',
    CoresPerSocket: '32',
    CPUAlloc: '0',
    CPUEfctv: '62',
    CPUTot: '64',
    CPULoad: '0.10',
    AvailableFeatures: '(null)',
    Gres: '(null)',
    NodeAddr: 'n1',
    Version: '22.05.8',
    OS: 'Linux 6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)',
    RealMemory: '257000',
    State: 'IDLE',
    Partitions: 'batch,debug',
    CfgTRES: 'cpu=64,mem=257000M,billing=64',
    ...fields,
  })
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')

describe('readSlurmNodes', () => {
  it('reads what jobs may use of a node', () => {
    const { nodes } = readSlurmNodes(`${line({ MemSpecLimit: '1000' })}\n`)
    expect(nodes).to.deep.equal([
      { name: 'n1', cpus: 62, mem: 256_000, gpus: 0, gpuModel: '', labels: { os: 'linux', arch: 'amd64' } },
    ])
  })

  it('counts all cpus where Slurm is too old to tell which are free for jobs', () => {
    const { nodes } = readSlurmNodes(line({}).replace('CPUEfctv=62 ', ''))
    expect(nodes[0]?.cpus).to.equal(64)
  })

  for (const [gres, gpus, gpuModel] of [
    ['gpu:a100:4(S:0-1)', 4, 'a100'],
    ['gpu:2', 2, ''],
    ['gpu', 1, ''],
    ['gpu:tesla:2,gpu:a100:4,craynetwork:4', 6, 'tesla'],
    ['craynetwork:4', 0, ''],
  ] as const) {
    it(`finds ${gpus} gpus in ${gres}`, () => {
      expect(readSlurmNodes(line({ Gres: gres })).nodes[0]).to.include({ gpus, gpuModel })
    })
  }

  it('names the maker of a gpu whose model tells it', () => {
    expect(readSlurmNodes(line({ Gres: 'gpu:mi250:8' })).nodes[0]?.labels).to.include({
      gpu: 'amd',
      'gpu.model': 'mi250',
    })
    expect(readSlurmNodes(line({ Gres: 'gpu:h100:8' })).nodes[0]?.labels).to.include({ gpu: 'nvidia' })
  })

  it('takes only the nodes of a partition', () => {
    const text = [line({}), line({ NodeName: 'n2', Partitions: 'long' })].join('\n')
    expect(readSlurmNodes(text, 'long').nodes.map(({ name }) => name)).to.deep.equal(['n2'])
  })

  for (const State of ['DOWN', 'DOWN*', 'IDLE*', 'DOWN+DRAIN', 'MIXED+NOT_RESPONDING', 'INVAL']) {
    it(`leaves out a node that is ${State}, and says so`, () => {
      const { nodes, notes } = readSlurmNodes([line({}), line({ NodeName: 'n2', State })].join('\n'))
      expect(nodes).to.have.length(1)
      expect(notes).to.deep.equal([`node n2 is left out: it is ${State}`])
    })
  }

  for (const [what, text] of Object.entries({
    'an error of Slurm': 'slurm_load_node error: Unable to contact slurm controller (connect failure)',
    'no node at all': '\n',
    'a node without cpus': line({ CPUEfctv: '0' }),
    'a node without memory': line({ RealMemory: 'many' }),
    'only nodes that are down': line({ State: 'DOWN' }),
  })) {
    it(`refuses ${what}`, () => {
      expect(() => readSlurmNodes(text)).to.throw(InspectionFailed)
    })
  }
})
