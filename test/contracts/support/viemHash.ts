import { hashTypedData } from 'viem'
import type { Hex } from '../../../sdk/domain/job.ts'
import type { GridDomain } from '../../../sdk/domain/typedData.ts'

interface TypedMessage {
  readonly domain: GridDomain
  readonly types: Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>
  readonly primaryType: string
  readonly message: Readonly<Record<string, unknown>>
}

/** The EIP-712 digest of a message as viem computes it. */
export function viemHash(message: TypedMessage): Hex {
  return hashTypedData(message as Parameters<typeof hashTypedData>[0])
}
