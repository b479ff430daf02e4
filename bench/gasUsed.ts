import type { ContractTransactionResponse } from 'ethers'

/** Gas that a transaction used, from its receipt. */
export async function gasUsed(sent: Promise<ContractTransactionResponse>): Promise<number> {
  const receipt = await (await sent).wait()
  if (receipt === null) throw new Error('the transaction has no receipt')
  return Number(receipt.gasUsed)
}
