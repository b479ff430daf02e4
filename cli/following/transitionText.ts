import type { JobTransition } from '../../sdk/jobEvents.ts'
import { creditsText } from '../output/amounts.ts'
import { plainText } from '../output/plainText.ts'
import { durationText } from '../output/times.ts'

/** What there is to say of a transition beyond its state. */
export function detailOf(transition: JobTransition, nameOf: (provider: number) => string = String): string {
  switch (transition.kind) {
    case 'job-submitted':
      return `${creditsText(transition.request.budget)} credits locked`
    case 'job-assigned':
      return `to provider ${nameOf(transition.provider)}, attempt ${transition.attempt}, ${creditsText(transition.rate)} credits/min`
    case 'job-scheduled':
      return `in the queue of provider ${nameOf(transition.provider)}`
    case 'job-started':
      return `on provider ${nameOf(transition.provider)}`
    case 'job-returned':
      return `back from provider ${nameOf(transition.provider)}: ${textOf(transition.reason) || 'no reason given'}`
    case 'job-ended': {
      const { exitCode, secondsUsed, cost, refund } = transition
      return `exit code ${exitCode}, ${durationText(secondsUsed)}, cost ${creditsText(cost)}, refund ${creditsText(refund)}`
    }
  }
}

/** A transition as JSON. */
export function transitionValue(transition: JobTransition): Record<string, unknown> {
  const { kind: _, id: __, to, place, ...facts } = transition
  const { request: ___, ...others } = facts as { request?: unknown }
  return { state: to, block: place.block, time: place.time, transaction: place.transaction, ...others }
}

/** The ASCII that 32 bytes hold. */
function textOf(bytes: string): string {
  return plainText(Buffer.from(bytes.slice(2), 'hex').toString('latin1').replaceAll('\0', ''))
}
