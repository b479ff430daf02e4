import { expect } from 'chai'
import fc from 'fast-check'
import { before, describe, it } from 'mocha'
import { jobsAbi } from '../../sdk/abi/jobs.ts'
import type { Hex, JobRequest } from '../../sdk/domain/job.ts'
import { jobId, jobTerms } from '../../sdk/jobId.ts'
import { type LocalGrid, localGrid } from './localGrid.ts'

const bytes = (length: number) =>
  fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((array) => `0x${Buffer.from(array).toString('hex')}` as Hex)
const whole = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 })
const request: fc.Arbitrary<JobRequest> = fc.record({
  customer: bytes(20),
  payer: bytes(20),
  provider: whole(24),
  tasks: whole(32),
  cpusPerTask: whole(32),
  memPerCpu: whole(32),
  gpus: whole(32),
  timeLimit: whole(32),
  budget: fc.bigInt(0n, 2n ** 96n - 1n),
  topUpLimit: fc.bigInt(0n, 2n ** 96n - 1n),
  startBy: whole(40),
  maxAttempts: whole(8),
  work: fc.record({
    definition: bytes(32),
    affinity: fc.string({ unit: 'grapheme' }),
    name: fc.string({ unit: 'grapheme' }),
    salt: fc.bigInt(0n, 2n ** 64n - 1n),
  }),
})

describe('jobId', () => {
  let grid: LocalGrid
  before(async function () {
    this.timeout(60_000)
    grid = await localGrid()
  })

  it('is what the contract says, of the request and of its terms, whatever the request', async function () {
    this.timeout(30_000)
    const { publicClient, deployment } = grid.client()
    const contract = { abi: jobsAbi, address: deployment.jobs } as const
    await fc.assert(
      fc.asyncProperty(request, async (value) => {
        const id = jobId(deployment, value)
        expect(await publicClient.readContract({ ...contract, functionName: 'idOf', args: [value] })).to.equal(id)
        const terms = jobTerms(value)
        expect(await publicClient.readContract({ ...contract, functionName: 'idOfTerms', args: [terms] })).to.equal(id)
      }),
      { numRuns: 50 },
    )
  })

  it('differs between chains and between contracts', () => {
    const [value] = fc.sample(request, 1)
    if (value === undefined) throw new Error('no request')
    const { deployment } = grid
    const ids = [
      jobId(deployment, value),
      jobId({ ...deployment, chainId: deployment.chainId + 1 }, value),
      jobId({ ...deployment, jobs: deployment.credits }, value),
    ]
    expect(new Set(ids).size).to.equal(3)
  })
})
