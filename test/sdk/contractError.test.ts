import { expect } from 'chai'
import { describe, it } from 'mocha'
import { encodeErrorResult } from 'viem'
import { jobsAbi } from '../../sdk/abi/jobs.ts'
import { providersAbi } from '../../sdk/abi/providers.ts'
import { ContractRefused, contractRefused, refusalOf } from '../../sdk/contractError.ts'

describe('contractRefused', () => {
  it('reads an error of Jobs, and says what to do', () => {
    const args = [`0x${'11'.repeat(32)}`, 5n, 7n] as const
    const refusal = contractRefused(encodeErrorResult({ abi: jobsAbi, errorName: 'BudgetTooLow', args }))
    expect(refusal).to.be.instanceOf(ContractRefused).and.include({ code: 'CONTRACT_REFUSED', reason: 'BudgetTooLow' })
    expect(refusal.args).to.deep.equal(args)
    expect(refusal.message).to.equal(
      `The contract refused: BudgetTooLow(${args[0]}, 5, 7). Raise the budget, or lower the time limit.`,
    )
  })

  it('reads an error that came through from Providers', () => {
    const data = encodeErrorResult({ abi: providersAbi, errorName: 'NoRoom', args: [3, 0n, 1n] })
    expect(contractRefused(data)).to.deep.include({ reason: 'NoRoom', args: [3, 0n, 1n] })
  })

  it('keeps data that is none of the grid’s errors', () => {
    expect(contractRefused('0x12345678')).to.deep.include({ reason: 'Unknown', args: ['0x12345678'] })
    expect(contractRefused('0x')).to.deep.include({ reason: 'Unknown', args: ['0x'] })
  })
})

describe('refusalOf', () => {
  it('leaves what is no revert as it is', () => {
    const error = new TypeError('x')
    expect(refusalOf(error)).to.equal(error)
  })
})
