import { keccak256, stringToBytes } from 'viem'
import { POLICY_NAMES, type Policy, policyNamed } from '../../scheduling/policies.ts'
import { canonicalJson } from '../domain/canonicalJson.ts'
import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'
import type { PlanSource } from './auditEvents.ts'

/** What is known of the hashes that batches name. */
export interface KnownInputs {
  readonly policies: ReadonlyMap<Hex, Policy>
  readonly definitionsHeld: ReadonlyMap<Hex, readonly Hex[]>
}

const AT_ONCE = 16
const ANSWER_MS = 10_000

/** The hash by which a plan names the definitions that were held; they come sorted. */
export function hashOfInputs(definitionsHeld: readonly Hex[]): Hex {
  return hashOfJson({ definitionsHeld })
}

/** keccak256 of the canonical JSON of a value. */
export function hashOfJson(value: unknown): Hex {
  return keccak256(stringToBytes(canonicalJson(value)))
}

/** What the gateway keeps of the inputs that sources name, and the policies that this version knows. What is not what its hash says is not believed. */
export async function knownInputs(grid: GridClient, sources: readonly PlanSource[]): Promise<KnownInputs> {
  const policies = new Map(POLICY_NAMES.map(policyNamed).map((policy) => [hashOfJson(policy), policy]))
  const definitionsHeld = new Map<Hex, readonly Hex[]>()
  if (grid.gatewayUrl === undefined) return { policies, definitionsHeld }
  const hashes = [
    ...new Set(sources.flatMap(({ policy, inputs }) => (policies.has(policy) ? [inputs] : [policy, inputs]))),
  ]
  for (let start = 0; start < hashes.length; start += AT_ONCE) {
    const some = hashes.slice(start, start + AT_ONCE)
    const texts = await Promise.all(some.map((hash) => keptText(grid.gatewayUrl ?? '', hash)))
    // A gateway that keeps none of them is not asked for the thousands that follow.
    if (texts.every((text) => text === undefined)) break
    some.forEach((hash, at) => {
      const value = provenValue(texts[at], hash)
      if (isInputs(value)) definitionsHeld.set(hash, value.definitionsHeld)
      else if (isPolicy(value)) policies.set(hash, value)
    })
  }
  return { policies, definitionsHeld }
}

async function keptText(gatewayUrl: string, hash: Hex): Promise<string | undefined> {
  try {
    const url = `${gatewayUrl.replace(/\/+$/, '')}/v1/inputs/${hash}`
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) })
    return response.ok ? await response.text() : undefined
  } catch {
    return undefined
  }
}

function provenValue(text: string | undefined, hash: Hex): unknown {
  if (text === undefined || keccak256(stringToBytes(text)) !== hash) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isInputs(value: unknown): value is { readonly definitionsHeld: readonly Hex[] } {
  return (
    typeof value === 'object' && value !== null && 'definitionsHeld' in value && Array.isArray(value.definitionsHeld)
  )
}

function isPolicy(value: unknown): value is Policy {
  return typeof value === 'object' && value !== null && 'order' in value && 'binding' in value && 'claim' in value
}
