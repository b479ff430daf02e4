// Status and sentence of everything that the gateway refuses. No sentence repeats what was sent.
const REFUSALS = {
  LOGIN_MISSING: [401, 'Log in first, and send the token as `Authorization: Bearer`.'],
  LOGIN_EXPIRED: [401, 'The login, or its message, has ended. Log in again; check the clock if that was just done.'],
  LOGIN_MESSAGE_INVALID: [
    401,
    'The body must be { message, signature } with the ERC-4361 message of this gateway for this chain, to the letter.',
  ],
  LOGIN_DOMAIN_FOREIGN: [401, 'The message was signed for another domain. Nothing signed elsewhere logs in here.'],
  LOGIN_NONCE_INVALID: [401, 'The nonce is not this gateway’s, or has ended. Ask for a new one.'],
  LOGIN_NONCE_USED: [401, 'The nonce was used before. Ask for a new one.'],
  SIGNATURE_INVALID: [401, 'The signature is not that account’s for this message.'],
  NOT_CUSTOMER: [403, 'Only the customer of the job may do this.'],
  NOT_READER: [403, 'Only the customer of the job, and whom it names, may read this.'],
  NOT_JOB_PARTY: [
    403,
    'Only the customer of the job, or the signer of the provider that it is assigned to, may do this.',
  ],
  NOT_JOB_PROVIDER: [403, 'Only the signer of the provider that had this attempt of the job may do this.'],
  NOT_OWNER: [403, 'Only the account that put the definition may do this.'],
  QUOTA_EXCEEDED: [403, 'The definitions that this account has stored have as many bytes as one account may have.'],
  DEFINITION_OF_OTHER_JOB: [403, 'The job names another definition.'],
  HASH_MALFORMED: [400, 'A definition’s hash is 0x and 64 hex digits.'],
  JOB_ID_MALFORMED: [400, 'A job’s id is 0x and 64 hex digits.'],
  ATTEMPT_MALFORMED: [400, 'An attempt is a number from 1 to 31.'],
  HASH_MISMATCH: [400, 'The hash is not keccak256 of the bytes. Send the bytes that were hashed.'],
  NOT_SEALED: [
    400,
    'The bytes do not open with the gateway’s key. Seal them with age to the recipient that GET /v1/sealing names.',
  ],
  RECIPIENT_MALFORMED: [400, 'A recipient is an X25519 recipient of age: age1 and what follows.'],
  UPLOAD_OFFSET_WRONG: [409, 'The piece does not begin where the upload ends. HEAD tells where that is.'],
  PROVIDER_WITHOUT_KEY: [409, 'The provider has registered no encryption key, so nothing can be sealed to it.'],
  LOG_MALFORMED: [400, 'The body is no row of log chunks.'],
  LOG_BROKEN: [400, 'A chunk does not continue the chunk before it: its number, line or hash is another.'],
  MANIFEST_MALFORMED: [400, 'The body is no manifest of this execution.'],
  LINE_MALFORMED: [400, 'Lines and chunks are whole numbers from 0 on.'],
  ACCOUNT_MALFORMED: [400, 'An account is an address: 0x and 40 hex digits.'],
  LOG_BEHIND: [409, 'Chunks before these are missing here. Send them from the one that `next` names.'],
  LOG_CONFLICT: [409, 'Another chunk or manifest is stored in this place, and is never replaced.'],
  LOG_CLOSED: [409, 'The log is closed by its manifest.'],
  LOG_FULL: [413, 'The log of one execution has as many bytes as it may have.'],
  MANIFEST_NOT_FOUND: [404, 'No manifest of this attempt is stored.'],
  REQUEST_INVALID: [400, 'The request could not be read.'],
  DEFINITION_NOT_FOUND: [404, 'No definition with this hash is stored.'],
  SECRETS_NOT_FOUND: [404, 'No secrets of this definition are stored.'],
  LOG_NOT_FOUND: [404, 'No log of this attempt is stored.'],
  JOB_UNKNOWN: [404, 'The chain has no job with this id.'],
  ROUTE_UNKNOWN: [404, 'Nothing answers this method and path.'],
  DEFINITION_TOO_LARGE: [413, 'A sealed definition has at most 1048576 bytes, sealed secrets have 65536.'],
  LOG_TOO_LARGE: [413, 'One request has at most 4194304 bytes of chunks.'],
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
  /** What else the answer says. */
  readonly facts: Readonly<Record<string, unknown>>
  constructor(code: RefusalCode, cause?: unknown, facts: Readonly<Record<string, unknown>> = {}) {
    const [status, message] = REFUSALS[code]
    super(message, { cause })
    this.code = code
    this.status = status
    this.facts = facts
  }
}
