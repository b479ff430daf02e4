import { after, before, describe } from 'mocha'
import { needsSlurm, type SlurmGround, slurmGround, slurmRunner } from '../../support/slurmExecution.ts'
import { itKeepsTheRunnerContract } from '../runnerContract.ts'

describe('slurmRunner', function () {
  needsSlurm(this)
  this.timeout(60_000)
  let ground: SlurmGround

  before(async () => {
    ground = await slurmGround()
  })
  after(() => ground?.[Symbol.asyncDispose]())

  itKeepsTheRunnerContract(async () => slurmRunner(ground))
})
