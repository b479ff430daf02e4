import { createPublicClient, createWalletClient, http } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { Hex } from '../../sdk/domain/job.ts'
import { createGridClient, type GridClient } from '../../sdk/index.ts'
import type { LocalGrid } from '../grid/localGrid.ts'

/** Somebody with a wallet who uses the grid from outside. */
export interface Customer {
  readonly address: Hex
  readonly client: GridClient
}

/** A customer with a fresh wallet, no credits and no native coin. */
export async function freshCustomer(grid: LocalGrid): Promise<Customer> {
  const account = privateKeyToAccount(generatePrivateKey())
  const transport = http(grid.rpcUrl)
  const publicClient = createPublicClient({ transport, cacheTime: 0, pollingInterval: 200 })
  const wallet = createWalletClient({ account, transport })
  const { deployment, relayUrl, gatewayUrl } = grid
  const client = await createGridClient({ publicClient, wallet, deployment, relayUrl, gatewayUrl })
  return { address: account.address, client }
}
