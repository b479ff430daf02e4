import type { SnapshotTerms } from '../../../scheduling/snapshot.ts'
import { jobsAbi } from '../../../sdk/abi/jobs.ts'
import { providersAbi } from '../../../sdk/abi/providers.ts'
import type { GridClient } from '../../../sdk/index.ts'

/** What the contracts ask of providers, which no event tells. */
export type TermsReader = () => Promise<SnapshotTerms>

const FRESH_MS = 60_000

/** Reads the terms of a grid, at most once a minute: two of the three never change, and the third changes days ahead. */
export function termsReader(grid: GridClient, nowMs: () => number): TermsReader {
  let known: { readonly terms: SnapshotTerms; readonly at: number } | undefined
  return async () => {
    if (known !== undefined && nowMs() - known.at < FRESH_MS) return known.terms
    known = { terms: await readTerms(grid), at: nowMs() }
    return known.terms
  }
}

async function readTerms({ publicClient, deployment }: GridClient): Promise<SnapshotTerms> {
  const jobs = { abi: jobsAbi, address: deployment.jobs } as const
  const providers = { abi: providersAbi, address: deployment.providers } as const
  const [minimumStake, penalty, parameters] = await Promise.all([
    publicClient.readContract({ ...providers, functionName: 'MINIMUM_STAKE' }),
    publicClient.readContract({ ...jobs, functionName: 'SILENCE_PENALTY' }),
    publicClient.readContract({ ...jobs, functionName: 'parameters' }),
  ])
  return { minimumStake, penalty, requeueWindow: parameters.requeueWindow }
}
