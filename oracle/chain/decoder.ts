import type { Interface, Result } from 'ethers'
import type { GridFact } from '../../sdk/domain/events.ts'

/** A log as the chain keeps it. */
export interface RawLog {
  readonly topics: readonly string[]
  readonly data: string
}

/** Makes a fact of the arguments of an event. */
export type Decoder = (args: Result) => GridFact

/** What a log says, by the decoder of its event; undefined where there is none: the grid's state does not follow from it. */
export function factOf(
  contract: Interface,
  decoders: Readonly<Record<string, Decoder>>,
  log: RawLog,
): GridFact | undefined {
  const event = contract.parseLog(log)
  return event === null ? undefined : decoders[event.name]?.(event.args)
}
