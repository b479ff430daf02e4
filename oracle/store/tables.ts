import type { Generated } from 'kysely'
import type { Message, MessageState } from '../messages.ts'

/** The grid that a store belongs to: one row. */
export interface GridTable {
  /** Always 1. */
  only: number
  chain_id: number
  jobs: string
  /** Hash of block 0: tells a chain that was started anew from the one before. */
  genesis: string
}

/** Every signed message that was ever accepted. */
export interface MessagesTable {
  /** In the order of acceptance. */
  sequence: Generated<number>
  key: string
  kind: Message['kind']
  /** Who pays or speaks: an address, or `provider:<index>`. */
  account: string
  /** Canonical JSON of the message. */
  payload: string
  state: MessageState
  transaction_hash: string | null
  reason_code: string | null
  reason_message: string | null
  /** How often it came back out of a transaction that reverted. */
  tries: number
  /** Unix milliseconds. */
  stored_at: number
}

/**
 * The nonce ledger: one row a nonce. `live`: not mined as far as is known. `mined`: mined, not deep enough. `settled`: deep enough,
 * its messages are decided. `taken`: another transaction has the nonce.
 */
export interface TransactionsTable {
  account: string
  nonce: number
  data: string
  /** Gas. */
  gas_limit: number
  state: 'live' | 'mined' | 'settled' | 'taken'
}

/** Every signed version of a transaction: a replacement has the same nonce and higher fees. */
export interface AttemptsTable {
  hash: string
  account: string
  nonce: number
  raw: string
  /** Wei. */
  max_fee: string
  max_tip: string
  /** Number of the chain's head when it was signed. */
  signed_at_block: number
}

/** What a transaction carries, in order. */
export interface ParcelsTable {
  account: string
  nonce: number
  position: number
  kind: string
  key: string
  /** JSON array of what no other transaction may be about while this one is on its way. */
  subjects: string
}

/** The last decision about a job. */
export interface DecisionsTable {
  job: string
  block: number
  decision: string
}

/** Who leads the replicas that share the store: one row. */
export interface LeadersTable {
  /** Counts the leaders; whoever writes as the leader names its epoch. */
  epoch: number
  /** The process that leads; null where the last one gave the lead up. */
  holder: string | null
  /** Signs of life of this epoch's leader. */
  beats: number
}

/** The reduced state of the grid at a block: one row. */
export interface CheckpointsTable {
  shape: number
  block: number
  hash: string
  state: string
}

export interface Tables {
  checkpoints: CheckpointsTable
  leaders: LeadersTable
  grid: GridTable
  messages: MessagesTable
  transactions: TransactionsTable
  attempts: AttemptsTable
  parcels: ParcelsTable
  decisions: DecisionsTable
}
