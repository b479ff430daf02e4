import { zeroAddress, zeroHash } from 'viem'
import { DEFAULT_POLICY, policyNamed } from '../../../scheduling/policies.ts'
import { sentenceOf } from '../../../scheduling/reasons.ts'
import { parseAffinity } from '../../../sdk/domain/affinity.ts'
import type { JobRequest } from '../../../sdk/domain/job.ts'
import type { IndexParts } from '../indexParts.ts'
import { readSnapshot } from '../queries/snapshot.ts'
import { type ProviderQuote, quotesFor } from '../quotes.ts'
import { answered, REFUSED } from './answers.ts'
import { termsOf } from './gridTermsOf.ts'
import { IndexRefusal } from './indexRefusal.ts'
import type { TypedServer } from './indexRoutes.ts'
import { asOfPayload, decisionPayload } from './payloads.ts'
import { type QuoteWish, quoteBody } from './queries.ts'
import { quotes } from './schemas.ts'

/** What a budget can be at most: where none is named, none is too low. */
const LARGEST_BUDGET = 2n ** 96n - 1n
const MONTH_SECONDS = 30 * 86_400

const GET_QUOTES = {
  operationId: 'getQuotes',
  summary: 'What a job would cost at each provider, and when it would start there',
  body: quoteBody,
  response: { 200: quotes, ...REFUSED },
}

const GAS = {
  relay: 'The relay sends the signed request and pays its gas: the customer needs no native coin.',
  customer: 'The customer sends the request with its own wallet and pays its gas.',
  running: 'The oracle and its relay pay the gas of assignment, reports and settlement.',
}

/** Quotes for a request that nobody has signed yet. */
export function quoteRoutes(server: TypedServer, parts: IndexParts): void {
  const policy = policyNamed(DEFAULT_POLICY)
  server.post('/v1/quotes', { schema: GET_QUOTES }, async ({ body }) => {
    if (parseAffinity(body.affinity).kind === 'fault') throw new IndexRefusal('QUOTE_INVALID', 'affinity')
    const terms = await termsOf(parts)
    return answered(parts.index, async (read, at) => {
      const request = requestOf(body, at.time)
      const snapshot = await readSnapshot(read, at, terms, [request.customer])
      const told = quotesFor(snapshot, policy, request, body.budget !== undefined)
      if (told === undefined) throw new IndexRefusal('QUOTE_INVALID')
      const paidBy = body.submitBy === 'relay' ? 'relay' : 'customer'
      return {
        choice: decisionPayload(told.choice.decision, told.choice.expectedStart),
        quotes: told.quotes.map(quotePayload),
        gas: {
          submission: { paidBy, sentence: GAS[paidBy] } as const,
          running: { paidBy: 'relay', sentence: GAS.running } as const,
        },
        asOf: asOfPayload(at),
      }
    })
  })
}

function requestOf(wish: QuoteWish, now: number): JobRequest {
  const { tasks, cpusPerTask, memPerCpu, gpus, timeLimit, affinity, provider } = wish
  return {
    customer: wish.customer ?? zeroAddress,
    payer: zeroAddress,
    provider,
    tasks,
    cpusPerTask,
    memPerCpu,
    gpus,
    timeLimit,
    budget: wish.budget === undefined ? LARGEST_BUDGET : BigInt(wish.budget),
    topUpLimit: 0n,
    startBy: wish.startBy ?? now + MONTH_SECONDS,
    maxAttempts: 1,
    work: { definition: zeroHash, affinity, name: '', salt: 0n },
  }
}

function quotePayload(quote: ProviderQuote) {
  const { ratePerMinute, total, secondsBought, reason, expectedStart, ...facts } = quote
  const text = (value: bigint | undefined) => (value === undefined ? null : String(value))
  return {
    ...facts,
    ratePerMinute: text(ratePerMinute),
    total: text(total),
    secondsBought: text(secondsBought),
    reason: reason ?? null,
    sentence: reason === undefined ? null : sentenceOf(reason),
    expectedStart: expectedStart ?? null,
  }
}
