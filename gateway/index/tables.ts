/** The grid that the index is of, and how far it has followed: one row. */
export interface FollowedTable {
  version: number
  chain_id: number
  jobs: string
  /** Hash of block 0: tells a chain that was started anew from the one before. */
  genesis: string
  /** The last block that was followed; `hash` is empty before the first. */
  block: number
  hash: string
  /** Unix seconds. */
  time: number
}

/** A block that something happened in, or, with no events, one whose hash is remembered for a while. Everything of it goes with it. */
export interface BlocksTable {
  number: number
  hash: string
  time: number
  events: number
}

/** A transaction with events of the grid, by the place of its first. */
export interface TransactionsTable {
  place: number
  block: number
  hash: string
}

/** A request that was submitted, or revoked before that: then `request` is null. */
export interface SubmissionsTable {
  place: number
  block: number
  id: string
  request: string | null
}

/** What an event made of a job: every transition, cancel request and top-up is a row with the state that came of it. */
export interface JobChangesTable {
  place: number
  block: number
  transaction_place: number
  /** Place of the job’s submission. */
  job: number
  customer: string
  kind: string
  from_status: number
  status: number
  attempt: number
  /** The provider that the job is or was with; 0 for none. */
  provider: number
  /** The provider that the event is about; 0 for none. */
  party: number
  since: number
  budget: string
  rate: string
  cancel_requested: number
  /** JSON of what the event alone says. */
  details: string | null
  /** The block of the change that came after this one; null for the present state. */
  next_block: number | null
}

/** Owner, contact, profile and offer of a provider, each as of an event, as JSON. */
export interface ProviderFactsTable {
  place: number
  topic: 'owner' | 'contact' | 'profile' | 'offer'
  block: number
  provider: number
  fact: string
  next_block: number | null
}

/** The changing facts of a provider as of the end of a block. */
export interface ProviderStatesTable {
  provider: number
  block: number
  status: number
  draining: number
  stake: string
  unbonding: string
  unbonds_at: number
  open_jobs: number
  last_seen: number
  registered_at: number
  ended: number
  refused: number
  lost: number
  late: number
  record_at: number
}

/** Running totals as of the end of a block: of the grid (scope ''), of a customer (its address) or of a provider (`provider:<index>`). */
export interface TalliesTable {
  scope: string
  block: number
  submitted: number
  assigned: number
  returned: number
  pending: number
  meta_scheduled: number
  scheduled: number
  running: number
  finished: number
  failed: number
  out_of_credits: number
  cancelled: number
  panicked: number
  cost: string
  cut: string
  refund: string
  seconds_used: string
  cpu_seconds: string
  gpu_seconds: string
}

/** View: what is known of each job now. */
export interface JobsView {
  job: number
  id: string
  request: string
  customer: string
  kind: string
  status: number
  attempt: number
  provider: number
  since: number
  budget: string
  rate: string
  cancel_requested: number
  details: string | null
  place: number
  changed_at: number
  change_transaction: string
  submitted_at: number
  submit_transaction: string
}

/** View: the transitions of all jobs. */
export interface TransitionsView {
  place: number
  job: number
  id: string
  customer: string
  kind: string
  from_status: number
  status: number
  attempt: number
  party: number
  since: number
  rate: string
  details: string | null
  at: number
  transaction_hash: string
}

/** View: what is known of each provider now. */
export interface ProvidersView extends Omit<ProviderStatesTable, 'block'> {
  owner: string
  contact: string
  profile: string
  offer: string | null
}

export interface IndexTables {
  followed: FollowedTable
  blocks: BlocksTable
  transactions: TransactionsTable
  submissions: SubmissionsTable
  job_changes: JobChangesTable
  provider_facts: ProviderFactsTable
  provider_states: ProviderStatesTable
  tallies: TalliesTable
  jobs: JobsView
  transitions: TransitionsView
  providers: ProvidersView
}
