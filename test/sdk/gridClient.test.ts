import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { createPublicClient, http } from 'viem'
import { freePort } from '../../scripts/grid/freePort.ts'
import { putDefinition } from '../../sdk/actions/putDefinition.ts'
import {
  ChainUnreachable,
  ContractMissing,
  ServiceUnknown,
  SignerMismatch,
  WalletMissing,
  WrongChain,
} from '../../sdk/errors.ts'
import { createGridClient, walletOf } from '../../sdk/gridClient.ts'
import { type LocalGrid, localGrid, newAccount } from './localGrid.ts'
import { refusalBy } from './refusalBy.ts'

describe('createGridClient', () => {
  let grid: LocalGrid
  before(async () => {
    grid = await localGrid()
  })

  it('takes a node of the right chain with the contracts', async () => {
    const { publicClient, deployment } = grid.client()
    expect(await createGridClient({ publicClient, deployment })).to.deep.equal({ publicClient, deployment })
  })

  it('refuses a node of another chain', async () => {
    const deployment = { ...grid.deployment, chainId: 43_114 }
    const refusal = await refusalBy(createGridClient({ ...grid.client(), deployment }))
    expect(refusal).to.be.instanceOf(WrongChain)
    expect(refusal).to.include({ code: 'WRONG_CHAIN', of: 'node', expected: 43_114, actual: 31_337 })
  })

  for (const contract of ['credits', 'providers', 'jobs'] as const) {
    it(`refuses an address of ${contract} that has no code`, async () => {
      const { address } = newAccount()
      const deployment = { ...grid.deployment, [contract]: address }
      const refusal = await refusalBy(createGridClient({ ...grid.client(), deployment }))
      expect(refusal).to.be.instanceOf(ContractMissing)
      expect(refusal).to.include({ code: 'CONTRACT_MISSING', contract, address })
    })
  }

  it('refuses a node that does not answer', async () => {
    const transport = http(`http://127.0.0.1:${await freePort()}`, { retryCount: 0 })
    const refusal = await refusalBy(
      createGridClient({ ...grid.client(), publicClient: createPublicClient({ transport }) }),
    )
    expect(refusal).to.be.instanceOf(ChainUnreachable).and.include({ code: 'CHAIN_UNREACHABLE' })
  })
})

describe('walletOf', () => {
  it('refuses a client without a wallet, and the wallet of another account', async () => {
    const grid = await localGrid()
    const { wallet, ...reader } = grid.client()
    expect(() => walletOf(reader))
      .to.throw(WalletMissing)
      .with.property('code', 'WALLET_MISSING')
    const other = newAccount().address
    const refusal = await refusalBy(Promise.resolve().then(() => walletOf({ ...reader, wallet }, other)))
    expect(refusal).to.be.instanceOf(SignerMismatch)
    expect(refusal).to.include({ code: 'SIGNER_MISMATCH', expected: other, actual: wallet.account.address })
    expect(walletOf({ ...reader, wallet }, wallet.account.address.toLowerCase() as `0x${string}`)).to.equal(wallet)
  })
})

describe('serviceUrl', () => {
  it('refuses what needs a service that the client does not know', async () => {
    const refusal = await refusalBy(putDefinition((await localGrid()).client(), new Uint8Array()))
    expect(refusal).to.be.instanceOf(ServiceUnknown).and.include({ code: 'SERVICE_UNKNOWN', service: 'gateway' })
  })
})
