import type { JsonRpcProvider } from 'ethers'
import type { Logger } from 'pino'
import type { Block } from '../chain/history.ts'
import { calldataOf } from './calldata.ts'
import { type Judgement, judgeAll } from './judge.ts'
import { PARCEL_KINDS, type Parcel, readyParcels } from './parcel.ts'
import type { Batch, Sender } from './sender.ts'

/** Gas of one transaction at most (EIP-7825). */
const GAS_CAP = 2n ** 24n
/** What of it a batch may be estimated at: the state may ask for more when it is mined. */
const GAS_TARGET = (GAS_CAP * 3n) / 4n
/** Parcels of one kind that are looked at in one tick. */
const MOST_PARCELS = 400

export interface SubmitOptions {
  readonly node: JsonRpcProvider
  readonly jobs: string
  readonly sender: Sender
  readonly log: Logger
}

/** What one submission came to. */
export interface Submission {
  readonly sent: readonly Parcel[]
  readonly refused: readonly Extract<Judgement, { kind: 'refused' }>[]
}

/** Sends what can be sent: each parcel is tried first and losers are left out, the rest goes in batches that fit the gas of a transaction. */
export async function submit(options: SubmitOptions, parcels: readonly Parcel[], head: Block): Promise<Submission> {
  const onTheWay = await options.sender.onTheWay()
  const sent: Parcel[] = []
  const refused: Extract<Judgement, { kind: 'refused' }>[] = []
  for (const kind of PARCEL_KINDS) {
    const ready = readyParcels(parcels, onTheWay).filter((parcel) => parcel.kind === kind)
    const judgements = await judgeReady(options, ready.slice(0, MOST_PARCELS))
    refused.push(...judgements.filter((judgement) => judgement.kind === 'refused'))
    const passing = judgements.filter((judgement) => judgement.kind === 'passes').map(({ parcel }) => parcel)
    sent.push(...(await sendAll(options, passing, onTheWay, head)))
  }
  return { sent, refused }
}

async function judgeReady(
  { node, jobs, sender, log }: SubmitOptions,
  parcels: readonly Parcel[],
): Promise<readonly Judgement[]> {
  const chain = { node, jobs, sender: sender.address }
  const judgements = await judgeAll(
    chain,
    parcels.map((parcel) => withPermits(parcel, parcels)),
  )
  for (const { kind, parcel, ...rest } of judgements) {
    if (kind === 'unknown') log.warn({ kind: parcel.kind, key: parcel.key, ...rest }, 'no answer: it waits')
  }
  return judgements
}

/** A request with every permit of its payer in the batch: one permit may pay for several requests. */
function withPermits(parcel: Parcel, batch: readonly Parcel[]): Parcel {
  if (parcel.kind !== 'request') return parcel
  const payers = new Set(parcel.shared)
  const permits = batch
    .filter(({ shared }) => shared.some((payer) => payers.has(payer)))
    .flatMap((other) => other.permits)
  return { ...parcel, permits }
}

async function sendAll(
  options: SubmitOptions,
  parcels: readonly Parcel[],
  onTheWay: Set<string>,
  head: Block,
): Promise<readonly Parcel[]> {
  const sent: Parcel[] = []
  let rest = parcels
  while (rest.length > 0) {
    const batch = await largestBatch(options, rest)
    if (batch === undefined) return sent
    await options.sender.send(batch, head)
    for (const { subjects, shared } of batch.parcels) {
      for (const subject of [...subjects, ...shared]) onTheWay.add(subject)
    }
    sent.push(...batch.parcels)
    rest = readyParcels(rest.slice(batch.parcels.length), onTheWay)
  }
  return sent
}

/** The first parcels that one transaction has gas for; undefined where not even the first can be sent now. */
async function largestBatch(options: SubmitOptions, parcels: readonly Parcel[]): Promise<Batch | undefined> {
  const { node, jobs, sender, log } = options
  const data = calldataOf(parcels)
  const answer = await node
    .estimateGas({ from: sender.address, to: jobs, data })
    .then((gas) => ({ gas }))
    .catch((cause: unknown) => ({ cause }))
  if ('gas' in answer && answer.gas <= GAS_TARGET) {
    const generous = (answer.gas * 13n) / 10n + 50_000n
    return { parcels, data, gasLimit: generous < GAS_CAP ? generous : GAS_CAP }
  }
  if (parcels.length > 1) return largestBatch(options, parcels.slice(0, Math.ceil(parcels.length / 2)))
  log.warn({ kind: parcels[0]?.kind, key: parcels[0]?.key, ...answer }, 'no transaction has the gas for it: it waits')
  return undefined
}
