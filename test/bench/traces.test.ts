import { existsSync } from 'node:fs'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { replayFederation } from '../../bench/federation.ts'
import { lublinJobs } from '../../bench/lublin.ts'
import { boundedSlowdown, figuresOf, gini } from '../../bench/tracesFigures.ts'
import { parseTrace, readTrace, TRACES } from '../../bench/tracesFile.ts'
import { EventHeap } from '../../bench/tracesHeap.ts'
import { linePlot } from '../../bench/tracesPlot.ts'
import { replay } from '../../bench/tracesReplay.ts'
import { replayRouted } from '../../bench/tracesRoute.ts'
import { daysOf, useLines, waitingLine } from '../../bench/tracesSeries.ts'
import { policyNamed } from '../../scheduling/policies.ts'

const FOLDER = process.env['TRACES_DIR'] ?? '../shared/traces'

const job = (submit: number, run: number, processors: number, limit = run) => ({
  submit,
  run,
  processors,
  limit,
  user: `0-${processors}`,
  home: 0,
})

describe('parseTrace', () => {
  const text =
    '; a header\n  7 100 -1 50 4 -1 -1 8 60 -1 -1 3\n8 130 -1 0 4 -1 -1 4 60 -1 -1 3\n9 150 -1 90 2 -1 -1 -1 -1 -1 -1 5\n'

  it('reads jobs from the first submit on, without those that never ran', () => {
    expect(parseTrace(text, 2)).to.deep.equal([
      { submit: 0, run: 50, processors: 8, limit: 60, user: '2-3', home: 2 },
      { submit: 50, run: 90, processors: 2, limit: 90, user: '2-5', home: 2 },
    ])
  })

  it('stops where it is told to', () => {
    expect(parseTrace(text, 0, 50)).to.have.length(1)
  })
})

describe('replay', () => {
  it('starts jobs as EASY does', () => {
    const jobs = [job(0, 10, 3, 20), job(1, 5, 4), job(2, 18, 1), job(3, 30, 1)]
    expect([...replay(jobs, [4], policyNamed('easy')).starts]).to.deep.equal([0, 20, 2, 25])
  })

  it('routes each job, where that is the policy, to the cluster that plans to start it first', () => {
    const jobs = [job(0, 100, 4), job(1, 10, 4), job(2, 10, 2)]
    const { starts, clusters } = replayRouted(jobs, [4, 4])
    expect([[...starts], [...clusters]]).to.deep.equal([
      [0, 1, 11],
      [0, 1, 1],
    ])
  })

  it('gives the figures of the waits', () => {
    const jobs = [job(0, 100, 4), job(0, 100, 4)]
    const figures = figuresOf(replay(jobs, [4], policyNamed('fcfs')), [4])
    expect(figures).to.include({ bsldMean: 1.5, waitMeanS: 50, waitLongestS: 100, utilisation: 1, jobs: 2 })
    expect(figures.startsPerCluster).to.deep.equal([2])
  })

  const isThere = existsSync(`${FOLDER}/KTH-SP2.swf.gz`)
  const when = isThere ? it : it.skip
  when(
    'agrees with independent simulators on EASY within 6 %, and betters it under the aged policy (needs the traces)',
    function () {
      this.timeout(60_000)
      const jobs = readTrace(FOLDER, 'KTH-SP2', 0)
      const pools = [TRACES['KTH-SP2']]
      const easy = figuresOf(replay(jobs, pools, policyNamed('easy')), pools)
      expect(easy.bsldMean).to.be.within(92.6 * 0.94, 92.6 * 1.06)
      const aged = figuresOf(replay(jobs, pools, policyNamed('aged')), pools)
      expect(aged.bsldMean).to.be.below(69.4)
      expect(aged.waitLongestS).to.be.below(284_815)
    },
  )
})

describe('boundedSlowdown', () => {
  it('counts short runs as ten seconds and is never below 1', () => {
    expect([boundedSlowdown(0, 1), boundedSlowdown(19, 1), boundedSlowdown(100, 50)]).to.deep.equal([1, 2, 3])
  })
})

describe('gini', () => {
  it('is 0 among equals and grows with what one has', () => {
    expect([gini([2, 2, 2]), gini([0, 0, 0, 1]), gini([])]).to.deep.equal([0, 0.75, 0])
  })
})

describe('EventHeap', () => {
  it('gives events by time, and equal times by number', () => {
    const heap = new EventHeap()
    for (const [time, what] of [
      [5, 1],
      [3, 9],
      [5, 0],
      [3, 2],
    ] as const)
      heap.push(time, what)
    expect([heap.pop(), heap.pop(), heap.pop(), heap.pop(), heap.pop()]).to.deep.equal([2, 9, 0, 1, -1])
  })
})

describe('lublinJobs', () => {
  const jobs = lublinJobs({ jobs: 2000, processors: 128, seed: 3 })

  it('makes the same jobs for the same seed, in order', () => {
    expect(lublinJobs({ jobs: 2000, processors: 128, seed: 3 })).to.deep.equal(jobs)
    expect(lublinJobs({ jobs: 2000, processors: 128, seed: 4 })).not.to.deep.equal(jobs)
    expect(jobs.every((one, at) => at === 0 || one.submit >= (jobs[at - 1]?.submit ?? 0))).to.equal(true)
  })

  it('keeps within the cluster and the limits, and to the wanted load', () => {
    expect(
      jobs.every(({ processors, run, limit }) => processors >= 1 && processors <= 128 && run >= 1 && limit >= run),
    ).to.equal(true)
    const work = jobs.reduce((sum, { processors, run }) => sum + processors * run, 0)
    expect(work / (128 * (jobs.at(-1)?.submit ?? 0))).to.be.within(0.79, 0.81)
  })
})

describe('replayFederation', () => {
  const { jobs, starts, returned, neverStarted } = replayFederation(300, 5, policyNamed('aged'))

  it('starts every job after its submission, or never because no provider can run it', () => {
    expect(jobs.length + neverStarted).to.equal(300)
    expect(neverStarted).to.be.below(15)
    expect(jobs.every(({ submit }, at) => (starts[at] ?? -1) >= submit)).to.equal(true)
  })

  it('goes through attempts that are refused or lost', () => {
    expect(returned).to.be.within(5, 40)
  })
})

describe('the plots', () => {
  const result = replay([job(0, 86_400, 4), job(0, 86_400, 2)], [4], policyNamed('fcfs'))
  const days = daysOf(result)

  it('show how much of each cluster is in use over time', () => {
    const [line] = useLines(result, [4], days)
    expect(days).to.equal(2)
    expect([line?.values[10], line?.values.at(-10)].map((value) => Number(value?.toFixed(6)))).to.deep.equal([1, 0.5])
  })

  it('show the mean wait of what was submitted then', () => {
    expect(waitingLine('fcfs', result, days).values[0]).to.equal(12)
  })

  it('are one SVG each', () => {
    const svg = linePlot('waiting', 'h', days, [waitingLine('fcfs', result, days)])
    expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"')).to.equal(true)
    expect(svg.match(/<polyline/g)).to.have.length(1)
  })
})
