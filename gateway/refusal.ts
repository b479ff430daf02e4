// Status and sentence of everything that the gateway refuses. No sentence repeats what was sent.
const REFUSALS = {
  ACCESS_UNSIGNED: [
    401,
    'The headers x-grid-account, x-grid-expires and x-grid-signature must prove who asks. Sign the access.',
  ],
  ACCESS_EXPIRED: [401, 'The signed access has expired. Sign a new one; check the clock if it was just signed.'],
  ACCESS_TOO_LONG: [401, 'The signed access holds for more than 300 seconds from now. Sign a shorter one.'],
  SIGNATURE_INVALID: [
    401,
    'The signature is not that account’s for this action. Sign for this grid, action and content.',
  ],
  NOT_CUSTOMER: [403, 'Only the customer of the job may do this.'],
  NOT_JOB_PARTY: [
    403,
    'Only the customer of the job, or the signer of the provider that it is assigned to, may do this.',
  ],
  NOT_JOB_PROVIDER: [403, 'Only the signer of the provider that had this attempt of the job may do this.'],
  DEFINITION_OF_OTHER_JOB: [403, 'The job names another definition.'],
  HASH_MALFORMED: [400, 'A definition’s hash is 0x and 64 hex digits.'],
  JOB_ID_MALFORMED: [400, 'A job’s id is 0x and 64 hex digits.'],
  ATTEMPT_MALFORMED: [400, 'An attempt is a number from 1 to 31.'],
  HASH_MISMATCH: [400, 'The hash is not keccak256 of the bytes. Send the bytes that were hashed.'],
  LOG_NOT_TEXT: [400, 'A log is valid UTF-8.'],
  REQUEST_INVALID: [400, 'The request could not be read.'],
  DEFINITION_NOT_FOUND: [404, 'No definition with this hash is stored.'],
  LOG_NOT_FOUND: [404, 'No log of this attempt is stored.'],
  JOB_UNKNOWN: [404, 'The chain has no job with this id.'],
  ROUTE_UNKNOWN: [404, 'Nothing answers this method and path.'],
  DEFINITION_TOO_LARGE: [413, 'A definition has at most 262144 bytes.'],
  LOG_TOO_LARGE: [413, 'A log has at most 1048576 bytes. Send its end, with a mark where something is left out.'],
  DEFINITION_DAMAGED: [500, 'The stored definition is not what its hash says. Put it again.'],
  INTERNAL: [500, 'The gateway failed, and stored nothing. Try again.'],
  CHAIN_UNANSWERED: [503, 'The chain did not answer, so nothing was decided. Try again.'],
} as const satisfies Record<string, readonly [status: number, message: string]>

/** What the gateway refuses, by its stable name. */
export type RefusalCode = keyof typeof REFUSALS

/** A request that is refused: the HTTP status, and the code and sentence of the answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  readonly status: number
  constructor(code: RefusalCode, cause?: unknown) {
    const [status, message] = REFUSALS[code]
    super(message, { cause })
    this.code = code
    this.status = status
  }
}
