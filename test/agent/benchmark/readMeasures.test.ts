import { expect } from 'chai'
import { describe, it } from 'mocha'
import { readMeasures } from '../../../agent/benchmark/readMeasures.ts'

const measured = (text: string): Readonly<Record<string, number>> =>
  Object.fromEntries(readMeasures(text).map(({ key, value }) => [key, value]))

const hpcc = (success: number): string => `Begin of Summary section.
VersionMajor=1
Success=${success}
CommWorldProcs=4
HPL_Tflops=0.125
StarSTREAM_Triad=5.5
SingleSTREAM_Triad=9
MaxPingPongLatency_usec=0.75
MinPingPongBandwidth_GBytes=4.5
End of Summary section.
`

const hpl = (
  verdict: string,
): string => `T/V                N    NB     P     Q               Time                 Gflops
WR00C2R4        1000    80     1     2               0.02             2.9960e+01
WR00R2L2        2000    80     1     2               0.02             3.1000e+01
||Ax-b||_oo/(eps*(||A||_oo*||x||_oo+||b||_oo)*N)=   0.0060 ...... ${verdict}
`

const fio = (error: number): string =>
  `note: both iodepth >= 1 and synchronous I/O engine are selected\n${JSON.stringify({
    'fio version': 'fio-3.33',
    jobs: [
      { error, read: { bw_bytes: 0, iops: 0, total_ios: 0 }, write: { bw_bytes: 250e6, iops: 240, total_ios: 64 } },
      {
        error: 0,
        read: { bw_bytes: 750e6, iops: 700.5, total_ios: 64 },
        write: { bw_bytes: 0, iops: 0, total_ios: 0 },
      },
    ],
  })}\n`

describe('readMeasures', () => {
  it('reads HPC Challenge', () => {
    expect(measured(hpcc(1))).to.deep.equal({
      'compute.gflops': 125,
      'memory.gbps': 22,
      'network.latency.us': 0.75,
      'network.gbps': 4.5,
    })
  })

  it('reads no network from one process of HPC Challenge', () => {
    expect(measured(hpcc(1).replace('CommWorldProcs=4', 'CommWorldProcs=1'))).to.have.keys(
      'compute.gflops',
      'memory.gbps',
    )
  })

  it('reads the best line of HPL', () => {
    expect(measured(hpl('PASSED'))).to.deep.equal({ 'compute.gflops': 31 })
  })

  it('reads STREAM', () => {
    const text =
      'Function    Best Rate MB/s  Avg time\nTriad:          12345.0     0.1  0.1\nSolution Validates: avg error less than 1e-13\n'
    expect(measured(text)).to.deep.equal({ 'memory.gbps': 12.345 })
  })

  it('reads fio', () => {
    expect(measured(fio(0))).to.deep.equal({
      'storage.read.mbps': 750,
      'storage.read.iops': 700.5,
      'storage.write.mbps': 250,
      'storage.write.iops': 240,
    })
  })

  it('reads the OSU micro-benchmarks', () => {
    expect(
      measured('# OSU MPI Latency Test v7.3\n# Size          Latency (us)\n1     1.25\n2     1.30\n'),
    ).to.deep.equal({ 'network.latency.us': 1.25 })
    expect(
      measured('# OSU MPI Bandwidth Test v7.3\n# Size      Bandwidth (MB/s)\n1     2.5\n4194304     12000.5\n'),
    ).to.deep.equal({ 'network.gbps': 12.0005 })
  })

  for (const [what, text] of Object.entries({
    'HPC Challenge that failed its own checks': hpcc(0),
    'HPL with a wrong result': hpl('FAILED'),
    'STREAM with a wrong result': 'Triad:          12345.0     0.1  0.1\nFailed Validation on array a[]\n',
    'fio with an error': fio(5),
    'something else': 'hello\n',
    nothing: '',
  })) {
    it(`takes nothing from ${what}`, () => {
      expect(measured(text)).to.deep.equal({})
    })
  }
})
