import type { Report } from '../../sdk/domain/job.ts'
import type { Signing } from '../chain/signing.ts'
import type { Outbox } from './outbox.ts'

/** Signs a report and puts it on the disk; only then may anybody be told. */
export async function signInto(
  outbox: Outbox,
  signing: Signing,
  provider: number,
  report: Report,
  now: number,
): Promise<void> {
  const { key, signature } = await signing.reports(provider, [report])
  outbox.put({ key, provider, report, signature, signer: signing.address, signedAt: now })
}

/** Signs again what a former signer of the provider signed: the contract takes it no more. Returns how many there were. */
export async function renewSignatures(outbox: Outbox, signing: Signing): Promise<number> {
  const outdated = outbox.entries().filter(({ signer }) => signer !== signing.address)
  for (const { provider, report, signedAt } of outdated) await signInto(outbox, signing, provider, report, signedAt)
  return outdated.length
}
