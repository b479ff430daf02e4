import { expect } from 'chai'
import fc from 'fast-check'
import { beforeEach, describe, it } from 'mocha'
import type { Hex, JobRequest } from '../../sdk/domain/job.ts'
import { JOB_REQUEST_TYPES } from '../../sdk/domain/typedData.ts'
import { type Grid, loadGrid } from './support/grid.ts'
import { caseOf } from './support/requests.ts'
import { viemHash } from './support/viemHash.ts'

const RUNS = { numRuns: 60, seed: 20_260_102 }
const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array): Hex => `0x${Buffer.from(array).toString('hex')}`)
const uint = (bits: number) => fc.bigInt(0n, (1n << BigInt(bits)) - 1n)
const small = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 })

const requests: fc.Arbitrary<JobRequest> = fc.record({
  customer: hex(20),
  payer: hex(20),
  provider: small(24),
  tasks: small(32),
  cpusPerTask: small(32),
  memPerCpu: small(32),
  gpus: small(32),
  timeLimit: small(32),
  budget: uint(96),
  topUpLimit: uint(96),
  startBy: small(40),
  maxAttempts: small(8),
  work: fc.record({
    definition: hex(32),
    affinity: fc.string({ unit: 'binary', maxLength: 90 }),
    name: fc.string({ unit: 'grapheme', maxLength: 40 }),
    salt: uint(64),
  }),
})

describe('the id of a job', () => {
  let grid: Grid
  beforeEach(async () => {
    grid = await loadGrid()
  })

  it('is the same to the contract, ethers and viem, from the request and from its terms', async () => {
    const property = fc.asyncProperty(requests, async (request) => {
      const job = caseOf(grid, request)
      const message = { ...request }
      expect(await grid.jobs.idOf(request)).to.equal(job.id)
      expect(await grid.jobs.idOfTerms(job.terms)).to.equal(job.id)
      expect(viemHash({ domain: grid.domain, types: JOB_REQUEST_TYPES, primaryType: 'JobRequest', message })).to.equal(
        job.id,
      )
    })
    await fc.assert(property, RUNS)
  })
})
