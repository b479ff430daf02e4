import { expect } from 'chai'
import type { ContractTransactionResponse } from 'ethers'
import type { Hex } from '../../../sdk/domain/job.ts'
import type { Grid } from './grid.ts'

/** A refused item of a batch: whose it is, and the error that it would have reverted with alone. */
export interface Skip {
  readonly id: Hex
  readonly error: string
  readonly args: readonly unknown[]
}

/** Checks that a transaction skipped exactly these items, with the encoded error of each. */
export async function expectSkipped(
  grid: Grid,
  sent: ContractTransactionResponse,
  skips: readonly Skip[],
): Promise<void> {
  const receipt = await sent.wait()
  const { interface: abi } = grid.jobs
  const said = (receipt?.logs ?? []).flatMap((log) => {
    const event = abi.parseLog(log)
    return event?.name === 'JobSkipped' ? [event.args.toArray()] : []
  })
  const encode = (skip: Skip) => abi.encodeErrorResult(skip.error as 'AmountZero', [...skip.args] as [])
  expect(said).to.deep.equal(skips.map((skip) => [skip.id, sent.from, encode(skip)]))
}
