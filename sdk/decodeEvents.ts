import {
  type AbiEvent,
  type AbiParameter,
  type ContractEventName,
  type DecodeEventLogReturnType,
  decodeAbiParameters,
  toEventSelector,
} from 'viem'
import { jobsAbi } from './abi/jobs.ts'
import { providersAbi } from './abi/providers.ts'
import type { Hex } from './domain/job.ts'

type EventsOf<Contract extends typeof jobsAbi | typeof providersAbi> = DecodeEventLogReturnType<
  Contract,
  ContractEventName<Contract>,
  Hex[],
  Hex,
  true
>

/** Every event of `Jobs`, decoded. */
export type JobsEvent = EventsOf<typeof jobsAbi>
/** Every event of `Providers`, decoded. */
export type ProvidersEvent = EventsOf<typeof providersAbi>

interface EventShape {
  readonly name: string
  readonly indexed: readonly AbiParameter[]
  readonly inData: readonly AbiParameter[]
}

/** What is needed to decode the topics and data of a log. */
export interface LogBytes {
  readonly topics: readonly Hex[]
  readonly data: Hex
}

/**
 * Decodes logs of one contract; undefined where its ABI has no such event. viem's `decodeEventLog` hashes the signature of every event
 * of an ABI for each log; here each is hashed once, for those who read whole chains.
 */
function decoderOf<Event>(abi: readonly unknown[]): (log: LogBytes) => Event | undefined {
  const shapes = new Map(eventsOf(abi).map((event) => [toEventSelector(event), shapeOf(event)]))
  return ({ topics, data }) => {
    const shape = shapes.get(topics[0] ?? '0x')
    if (shape === undefined) return undefined
    const args: Record<string, unknown> = {}
    shape.indexed.forEach((input, index) => {
      args[input.name ?? ''] = decodeAbiParameters([input], topics[index + 1] ?? '0x')[0]
    })
    decodeAbiParameters(shape.inData, data).forEach((value, index) => {
      args[shape.inData[index]?.name ?? ''] = value
    })
    return { eventName: shape.name, args } as Event
  }
}

function eventsOf(abi: readonly unknown[]): readonly AbiEvent[] {
  return (abi as readonly { readonly type: string }[]).filter((entry): entry is AbiEvent => entry.type === 'event')
}

function shapeOf({ name, inputs }: AbiEvent): EventShape {
  return {
    name,
    indexed: inputs.filter((input) => input.indexed === true),
    inData: inputs.filter((input) => input.indexed !== true),
  }
}

/** Decodes a log of `Jobs`. */
export const decodeJobsLog = decoderOf<JobsEvent>(jobsAbi)
/** Decodes a log of `Providers`. */
export const decodeProvidersLog = decoderOf<ProvidersEvent>(providersAbi)
