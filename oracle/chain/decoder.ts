import type { Interface, Result } from 'ethers'
import type { GridFact } from '../../sdk/domain/events.ts'
import { logDecoder } from './decodeLog.ts'

/** A log as the chain keeps it. */
export interface RawLog {
  readonly topics: readonly string[]
  readonly data: string
}

/** The arguments of an event by name. What type each has is known to the reader of the event alone. */
export type Args = Readonly<Record<string, Result[string]>>

/** Makes a fact of the arguments of an event. */
export type Decoder = (args: Args) => GridFact

/** Reads what logs say, by the decoder of each event; undefined where there is none: the grid's state does not follow from it. */
export function factReader(
  contract: Interface,
  decoders: Readonly<Record<string, Decoder>>,
): (log: RawLog) => GridFact | undefined {
  const decode = logDecoder(contract)
  return (log) => {
    const event = decode(log)
    return event === undefined ? undefined : decoders[event.name]?.(event.args)
  }
}
