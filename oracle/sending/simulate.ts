import { isError, type JsonRpcProvider } from 'ethers'
import type { RawCall } from './outcomes.ts'

/** Codes and words of nodes that do not know the call. */
const UNKNOWN_METHOD = /method.*(not|un)|not (supported|available|implemented)|-32601/i

/** What a call would do if it was mined on the head. */
export interface Simulated extends RawCall {
  readonly gasUsed: bigint
}

interface WireCall {
  readonly status: string
  readonly gasUsed: string
  readonly logs?: RawCall['logs']
}

/**
 * Carries a call out on the head without sending it, and tells what it logs. `reverted`: all of it fails. `unsupported`: the node cannot
 * simulate. Throws what the node threw where there was no answer.
 */
export async function simulate(
  node: JsonRpcProvider,
  call: { readonly from: string; readonly to: string; readonly data: string },
): Promise<Simulated | 'reverted' | 'unsupported'> {
  try {
    const plan = { blockStateCalls: [{ calls: [call] }], validation: false }
    const [block]: { calls: WireCall[] }[] = await node.send('eth_simulateV1', [plan, 'latest'])
    const done = block?.calls[0]
    if (done === undefined) return 'unsupported'
    return Number(done.status) === 1 ? { logs: done.logs ?? [], gasUsed: BigInt(done.gasUsed) } : 'reverted'
  } catch (cause) {
    if (isError(cause, 'UNSUPPORTED_OPERATION') || UNKNOWN_METHOD.test(JSON.stringify(cause))) return 'unsupported'
    throw cause
  }
}
