/** Values that the gateway made for itself, once: hex by name. */
export interface OwnKeysTable {
  name: string
  value: string
}

/** Nonces of logins that were granted: each works once. */
export interface SpentNoncesTable {
  nonce: string
  /** Unix seconds. */
  expires_at: number
}

/** Who is logged in. */
export interface SessionsTable {
  /** SHA-256 of the token, hex. */
  token_hash: string
  account: string
  /** Unix seconds. */
  expires_at: number
}

/** Sealed definitions that are kept, and what is kept with them. */
export interface DefinitionsTable {
  /** keccak256 of the sealed bytes. */
  id: string
  /** Who put it, in lower case: its quota counts. */
  owner: string
  bytes: number
  /** `definition`, or `secrets` that belong to the definition. */
  kind: 'definition' | 'secrets'
  /** Unix seconds of the last time that it was put or released. */
  used_at: number
}

/** Jobs for which a definition was asked: while one of them can still run, the definition stays. */
export interface DefinitionJobsTable {
  definition: string
  job: string
}

/** How far the log of one execution has come. */
export interface LogsTable {
  /** `<job id>-<attempt>`. */
  execution: string
  /** Number of the chunk that comes next. */
  next_seq: number
  /** Line ends so far. */
  lines: number
  bytes: number
  /** Hash of the last chunk, hex. */
  head: string
  /** JSON text whose keccak256 is the result that the provider reported; null until the log has ended. */
  manifest: string | null
}

/** The chunks of logs. A body lies here until it is packed with others into one blob. */
export interface ChunksTable {
  execution: string
  seq: number
  /** Header line of the record, without its line end. */
  header: string
  /** Line ends before this chunk, and in it. */
  first_line: number
  lines: number
  bytes: number
  body: Uint8Array | null
  /** Number of the first chunk of the pack, and where in it this body begins; null while it is loose. */
  pack: number | null
  pack_offset: number | null
}

/** Accounts that a job's customer lets read what it printed and made. */
export interface ReadersTable {
  job: string
  account: string
}

/** What the gateway remembers beside blobs. */
export interface Tables {
  own_keys: OwnKeysTable
  spent_nonces: SpentNoncesTable
  sessions: SessionsTable
  definitions: DefinitionsTable
  definition_jobs: DefinitionJobsTable
  logs: LogsTable
  chunks: ChunksTable
  readers: ReadersTable
}
