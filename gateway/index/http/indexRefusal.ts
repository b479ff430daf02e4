import { MOST_ITEMS } from './queries.ts'

// Status and sentence of everything that the index refuses. No sentence repeats what was sent.
const REFUSALS = {
  QUERY_INVALID: [400, 'A parameter is unknown or malformed. See /v1/openapi.json.'],
  QUOTE_INVALID: [400, 'The body is no request for quotes. See QuoteRequest in /v1/openapi.json.'],
  JOB_ID_MALFORMED: [400, 'A job’s id is 0x and 64 hex digits.'],
  CURSOR_MALFORMED: [400, 'The cursor is none that a page named. Pass `next` as it came, or begin without.'],
  PAGE_TOO_LARGE: [400, `A page has 1 to ${MOST_ITEMS} items. Go on with the cursor for more.`],
  RANGE_EMPTY: [400, 'The range ends before it begins.'],
  RANGE_TOO_LONG: [400, 'The range has more than 366 days. Ask for less at a time.'],
  SCOPE_AMBIGUOUS: [400, 'Totals are of a customer or of a provider, not of both.'],
  JOB_NOT_INDEXED: [404, 'No job with this id is on the chain as far as it was followed.'],
  JOB_REVOKED: [404, 'The customer revoked this request before anybody sent it: it never was a job and never can be.'],
  PROVIDER_UNKNOWN: [404, 'No provider has this index.'],
  BODY_TOO_LARGE: [413, 'A request for quotes has at most 16384 bytes.'],
  TERMS_UNANSWERED: [503, 'The chain did not answer what the registry asks of providers. Try again.'],
  INDEX_EMPTY: [503, 'The index has not followed the chain yet. Try again soon.'],
} as const satisfies Record<string, readonly [status: number, message: string]>

/** What the index refuses, by its stable name. */
export type IndexRefusalCode = keyof typeof REFUSALS

/** A request to the index that is refused. */
export class IndexRefusal extends Error {
  override readonly name = 'IndexRefusal'
  readonly code: IndexRefusalCode
  readonly status: number
  /** @param field Name of the parameter that is at fault, where it is one that the index knows. */
  constructor(code: IndexRefusalCode, field?: string, cause?: unknown) {
    const [status, message] = REFUSALS[code]
    super(field === undefined ? message : `${field}: ${message}`, { cause })
    this.code = code
    this.status = status
  }
}
