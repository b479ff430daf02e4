import type { Hex } from '../../sdk/domain/job.ts'
import { statusNumber } from '../../sdk/domain/status.ts'
import {
  CANCEL_TYPES,
  type GridDomain,
  HEARTBEAT_TYPES,
  REPORTS_TYPES,
  TOP_UP_TYPES,
} from '../../sdk/domain/typedData.ts'
import { digestOf, jobIdOf, termsOf } from '../chain/hashes.ts'
import type { Message, MessageState } from '../messages.ts'
import { refusal } from '../refusal.ts'
import { payerOf } from '../sending/parcel.ts'
import { findMessage } from '../store/messages.ts'
import { checkAmendment } from './checkAmendment.ts'
import { checkHeartbeat } from './checkHeartbeat.ts'
import { checkLimits } from './checkLimits.ts'
import { checkReports } from './checkReports.ts'
import { checkRequest } from './checkRequest.ts'
import type { RelayContext } from './relayContext.ts'
import { RelayRefusal } from './relayRefusal.ts'

const FULL_PAUSE_SECONDS = 5

/** What the sender of a message is told. */
export interface Receipt {
  readonly key: Hex
  readonly state: MessageState
}

/** Checks a message and stores it durably. One that was taken before is not checked again. Throws RelayRefusal. */
export async function accept(context: RelayContext, message: Message): Promise<Receipt> {
  // What is outside of its type has no digest.
  if (message.kind === 'request') checkLimits(message.request)
  const key = keyOf(context.domain, message)
  const known = await findMessage(context.store, key)
  if (known !== undefined && known.state !== 'refused') return { key, state: known.state }
  checkDepth(context)
  const checked = await check(context, key, message)
  checkRate(context, accountOf(message))
  await context.inbox.add({ key, account: accountOf(message), message: checked })
  context.log.info({ key, kind: message.kind }, 'message stored')
  return { key, state: 'stored' }
}

/** More waits than is sent for a while: the sender keeps the message, not this process. */
function checkDepth({ inbox, metrics, limits }: RelayContext): void {
  if (inbox.depth + metrics.depth < limits.waiting) return
  const text = `${limits.waiting} messages wait to be sent already. Send it again in a few seconds.`
  throw new RelayRefusal(429, refusal('RELAY_FULL', text, { retryAfterSeconds: FULL_PAUSE_SECONDS }))
}

/** Counts for whoever signed, after the signature was checked: nobody uses up what another may send. */
function checkRate({ limits }: RelayContext, account: string): void {
  const buckets = account.startsWith('provider:') ? limits.providers : limits.customers
  const retryAfterSeconds = buckets.take(account, Date.now())
  if (retryAfterSeconds === 0) return
  const text = `${account} has sent too many messages in the last minute. Send it again in ${retryAfterSeconds} seconds.`
  throw new RelayRefusal(429, refusal('TOO_MANY_MESSAGES', text, { retryAfterSeconds }))
}

async function check(context: RelayContext, key: Hex, message: Message): Promise<Message> {
  switch (message.kind) {
    case 'request':
      await checkRequest(context, key, message)
      return message
    case 'cancel':
    case 'top-up':
      await checkAmendment(context, key, message)
      return message
    case 'reports':
      return checkReports(context, key, message)
    case 'heartbeat':
      await checkHeartbeat(context, key, message)
      return message
  }
}

/** The EIP-712 digest of what is signed; of a request, the id of its job. */
export function keyOf(domain: GridDomain, message: Message): Hex {
  switch (message.kind) {
    case 'request':
      return jobIdOf(domain, termsOf(message.request))
    case 'cancel':
      return digestOf(domain, CANCEL_TYPES, { id: jobIdOf(domain, message.terms) })
    case 'top-up':
      return digestOf(domain, TOP_UP_TYPES, { id: jobIdOf(domain, message.terms), total: message.total })
    case 'reports': {
      const reports = message.reports.map((report) => ({ ...report, status: statusNumber(report.status) }))
      return digestOf(domain, REPORTS_TYPES, { provider: message.provider, reports })
    }
    case 'heartbeat':
      return digestOf(domain, HEARTBEAT_TYPES, message.heartbeat)
  }
}

function accountOf(message: Message): string {
  switch (message.kind) {
    case 'request':
      return payerOf(message.request)
    case 'cancel':
    case 'top-up':
      return message.terms.customer
    case 'reports':
      return `provider:${message.provider}`
    case 'heartbeat':
      return `provider:${message.heartbeat.provider}`
  }
}
