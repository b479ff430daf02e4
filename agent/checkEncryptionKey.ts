import type { Logger } from 'pino'
import type { Hex } from '../sdk/domain/job.ts'
import type { Grid } from './chain/grid.ts'
import { EncryptionKeyMismatch } from './errors.ts'

const NO_KEY = `0x${'00'.repeat(32)}`

/**
 * Compares the agent's encryption key with the one that the provider's owner registered: what is sealed to another key cannot be opened
 * here. Throws EncryptionKeyMismatch; warns where none is registered yet, so that the owner can register this one.
 */
export async function checkEncryptionKey(grid: Grid, provider: number, publicKey: Hex, log: Logger): Promise<void> {
  const { providers, deployment } = grid
  const [registered, changes] = await Promise.all([
    providers.queryFilter(providers.filters.ProviderRegistered(provider), deployment.startBlock),
    providers.queryFilter(providers.filters.ContactSet(provider), deployment.startBlock),
  ])
  const expected = (changes.at(-1) ?? registered[0])?.args.contact.encryptionKey ?? NO_KEY
  if (expected === publicKey) return
  if (expected !== NO_KEY) throw new EncryptionKeyMismatch(provider, expected as Hex, publicKey)
  log.warn({ publicKey }, 'no encryption key is registered: definitions cannot be sealed to this provider')
}
