import { creditsAbi } from '../abi/credits.ts'
import { jobsAbi } from '../abi/jobs.ts'
import { providersAbi } from '../abi/providers.ts'
import { readAuditEvents } from '../audit/auditEvents.ts'
import { Auditor } from '../audit/auditor.ts'
import type { Finding, Report } from '../audit/finding.ts'
import { knownInputs } from '../audit/inputs.ts'
import { inTurns } from '../audit/inTurns.ts'
import { readSources } from '../audit/readSources.ts'
import type { Hex } from '../domain/job.ts'
import type { GridClient } from '../gridClient.ts'

/** What of a grid is audited. */
export interface AuditOptions {
  /** Findings of earlier blocks are not told; the replay starts at the grid's first block all the same. */
  readonly fromBlock?: number
  /** The latest where nothing is said. */
  readonly toBlock?: number
  readonly signal?: AbortSignal
  /** Told the block that the replay has come to. */
  readonly onProgress?: (block: number, toBlock: number) => void
}

/** What an audit saw, and everything that does not follow. */
export interface Audit {
  readonly fromBlock: number
  readonly toBlock: number
  readonly events: number
  readonly jobs: number
  readonly settled: number
  readonly batches: number
  /** Assignments that were planned anew and compared. */
  readonly placements: number
  readonly accounts: number
  readonly findings: readonly Finding[]
}

/**
 * Replays the chain, plans every batch of assignments anew from the block, the policy and the inputs that it names, computes every cost,
 * and compares every balance with the contract's. An empty list of findings means that everything follows.
 *
 * @throws the signal's reason, or what the chain node's transport throws: an audit that could not read all says nothing
 * @example const { findings } = await auditPlan(grid)
 */
export async function auditPlan(grid: GridClient, options: AuditOptions = {}): Promise<Audit> {
  const { startBlock } = grid.deployment
  const fromBlock = options.fromBlock ?? startBlock
  const to =
    options.toBlock === undefined ? await grid.publicClient.getBlockNumber({ cacheTime: 0 }) : BigInt(options.toBlock)
  const findings: Finding[] = []
  const report: Report = (code, subject, sentence, place) => {
    const block = place?.block ?? Number(to)
    if (block >= fromBlock) findings.push({ code, subject, sentence, block, transaction: place?.transaction ?? '' })
  }
  const sources = await readSources(grid, to)
  const auditor = new Auditor(report, await termsOf(grid, to), sources, await knownInputs(grid, sources))
  for await (const events of readAuditEvents(grid, BigInt(startBlock), to)) {
    options.signal?.throwIfAborted()
    for (const event of events) auditor.take(event)
    options.onProgress?.(events.at(-1)?.place.block ?? startBlock, Number(to))
  }
  await compareEnd(grid, auditor, report, to)
  const { batches, placements } = auditor.placements
  const { submitted: jobs, settled } = auditor.jobs
  const accounts = auditor.ledger.free.size
  return {
    fromBlock,
    toBlock: Number(to),
    events: auditor.events,
    jobs,
    settled,
    batches,
    placements,
    accounts,
    findings,
  }
}

async function termsOf(grid: GridClient, blockNumber: bigint) {
  const { publicClient, deployment } = grid
  const [minimumStake, penalty] = await Promise.all([
    publicClient.readContract({
      abi: providersAbi,
      address: deployment.providers,
      functionName: 'MINIMUM_STAKE',
      blockNumber,
    }),
    publicClient.readContract({ abi: jobsAbi, address: deployment.jobs, functionName: 'SILENCE_PENALTY', blockNumber }),
  ])
  return { minimumStake, penalty, requeueWindow: 0 }
}

/** What the events add up to must be what the contract holds. */
async function compareEnd(
  grid: GridClient,
  { ledger, jobs }: Auditor,
  report: Report,
  blockNumber: bigint,
): Promise<void> {
  const { publicClient, deployment } = grid
  const at = { abi: jobsAbi, address: deployment.jobs, blockNumber } as const
  const compare = (subject: string, what: string, actual: bigint, expected: bigint): void => {
    if (actual !== expected)
      report('balance-wrong', subject, `Its ${what} is ${actual}, and the events make it ${expected}.`)
  }
  await inTurns([...ledger.free], async ([account, expected]: [Hex, bigint]) => {
    compare(
      account,
      'free balance',
      await publicClient.readContract({ ...at, functionName: 'balanceOf', args: [account] }),
      expected,
    )
  })
  await inTurns([...ledger.earnings], async ([provider, expected]) => {
    if (provider === 0) return
    compare(
      `provider ${provider}`,
      'earnings',
      await publicClient.readContract({ ...at, functionName: 'earningsOf', args: [provider] }),
      expected,
    )
  })
  await inTurns([...jobs.live], async ([id, job]) => {
    const slot = await publicClient.readContract({ ...at, functionName: 'jobOf', args: [id] })
    compare(id, 'locked budget', slot.budget, job.budget)
  })
  compare(
    'protocol',
    'cut',
    await publicClient.readContract({ ...at, functionName: 'protocolCut' }),
    ledger.protocolCut,
  )
  const credits = {
    abi: creditsAbi,
    address: deployment.credits,
    functionName: 'balanceOf',
    args: [deployment.jobs],
  } as const
  const held = await publicClient.readContract({ ...credits, blockNumber })
  if (held < ledger.total) report('credits-missing', 'Jobs', `It holds ${held}, and owes ${ledger.total}.`)
}
