/** Why a job was given to its provider. */
export const PLACED_REASONS = {
  'named-by-request': 'The request names this provider.',
  'only-one-able': 'It is the only provider that can run the job.',
  cheapest: 'It is the cheapest of the providers that can start the job now.',
  greenest: 'It emits the least of the providers that can start the job now.',
  'most-reliable': 'It is the most reliable of the providers that can start the job now at this price.',
  'fits-best': 'The job leaves the least free there, among equally good providers that can start it now.',
  'ends-first': 'The job would end there first.',
} as const
export type PlacedReason = keyof typeof PLACED_REASONS

/** Why a job waits. */
export const WAITING_REASONS = {
  'cancel-requested': 'The customer asked to cancel the job.',
  'attempts-used-up': 'The job has no attempt left.',
  'start-by-passed': 'The job was to start by an earlier time.',
  'definition-missing': 'The gateway does not hold the definition of the job yet.',
  'affinity-unreadable': 'The affinity of the request cannot be read.',
  'no-provider-able': 'No provider can run the job as it stands; each says why.',
  'providers-busy': 'The providers that can run the job are busy.',
  'behind-earlier-jobs': 'Jobs ahead of it in the queue wait for the same nodes.',
} as const
export type WaitingReason = keyof typeof WAITING_REASONS

/** Why a provider does not get a job. */
export const REFUSAL_REASONS = {
  'not-named-by-request': 'The request names another provider.',
  'not-approved': 'The provider is not approved.',
  draining: 'The provider takes no more jobs.',
  'no-offer': 'The provider has published no offer.',
  'stake-below-minimum': 'The stake of the provider is below the minimum.',
  'stake-all-reserved': 'The free stake of the provider does not cover one more job.',
  'open-jobs-at-limit': 'The provider has as many open jobs as it takes.',
  'failed-this-job': 'The provider refused, lost or delayed this job before.',
  'affinity-not-met': 'The labels of the provider do not satisfy the affinity of the request.',
  'nodes-too-small': 'The tasks of the job do not fit on the nodes of the provider, even when they are idle.',
  'rate-out-of-range': 'The prices of the provider make a rate of zero or one that is too large.',
  'budget-too-low': 'The budget does not pay for the time limit at the prices of the provider.',
  'nodes-busy': 'The nodes of the provider are busy.',
  'nodes-reserved': 'The free nodes of the provider are kept for a job ahead in the queue.',
} as const
export type RefusalReason = keyof typeof REFUSAL_REASONS

export type Reason = PlacedReason | WaitingReason | RefusalReason

/** The sentence that people are shown for a reason. */
export function sentenceOf(reason: Reason): string {
  return { ...PLACED_REASONS, ...WAITING_REASONS, ...REFUSAL_REASONS }[reason]
}
