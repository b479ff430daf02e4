import { expect } from 'chai'
import fc from 'fast-check'
import { after, before, describe, it } from 'mocha'
import { Follower } from '../../../gateway/index/follower.ts'
import { reading } from '../../../gateway/index/queries/reading.ts'
import { readSnapshot } from '../../../gateway/index/queries/snapshot.ts'
import { emptyGrid } from '../../../scheduling/grid.ts'
import { reduceAll } from '../../../scheduling/reduce.ts'
import { type Snapshot, snapshotOf } from '../../../scheduling/snapshot.ts'
import type { DatabasePlace } from '../../../store/openDatabase.ts'
import { factsAfter } from './support/acts.ts'
import { dump, type Index, KINDS, opened, type Places } from './support/indexes.ts'
import { MemoryChain } from './support/memoryChain.ts'

const TERMS = { minimumStake: 1n, penalty: 2n }

/** What happens to the chain or to its follower. */
type Step =
  | { readonly kind: 'mine'; readonly blocks: readonly (readonly number[])[] }
  | { readonly kind: 'reorg'; readonly depth: number; readonly blocks: readonly (readonly number[])[] }
  | { readonly kind: 'advance' | 'restart' }
  | { readonly kind: 'interrupt'; readonly after: number }

const choices = fc.array(fc.nat({ max: 100_000 }), { maxLength: 6 })
const blocks = fc.array(choices, { minLength: 1, maxLength: 5 })
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('mine' as const), blocks }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('advance' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('reorg' as const), depth: fc.nat({ max: 12 }), blocks }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('interrupt' as const), after: fc.nat({ max: 3 }) }) },
  ),
  { minLength: 3, maxLength: 20 },
)

describe('Follower', () => {
  for (const { name, placesOf, runs } of KINDS) {
    describe(`when the index is in ${name}`, () => {
      let places: Places
      let spare: Index
      before(async function () {
        places = await placesOf(this)
        spare = await opened(await places.fresh())
      })
      after(async () => {
        await spare?.destroy()
        await places?.close()
      })

      it('comes to what is built anew from the chain, whatever reorgs and interruptions there were', async function () {
        this.timeout(240_000)
        const place = await places.fresh()
        await fc.assert(
          fc.asyncProperty(steps, async (history) => {
            const { chain, index } = await lived(place, history)
            try {
              await rebuilt(spare, chain)
              expect(await dump(index)).to.deep.equal(await dump(spare))
              expect(await snapshotIn(index)).to.deep.equal(snapshotOfAll(chain))
            } finally {
              await index.destroy()
            }
          }),
          { numRuns: runs },
        )
      })
    })
  }
})

/** Lives through a history from an empty index on; at the end the follower is at the head. */
async function lived(place: DatabasePlace, history: readonly Step[]): Promise<{ chain: MemoryChain; index: Index }> {
  const chain = new MemoryChain()
  const salt = { next: 0 }
  let index = await opened(place)
  try {
    await emptied(index)
    let follower = new Follower(index, chain, 1)
    for (const step of history) {
      await live(chain, follower, step, salt)
      if (step.kind !== 'restart') continue
      await index.destroy()
      index = await opened(place)
      follower = new Follower(index, chain, 1)
    }
    // A shorter chain says nothing until it has grown past what was followed.
    grow(chain, Array(100).fill([]), salt)
    await follower.advance()
    return { chain, index }
  } catch (error) {
    await index.destroy()
    throw error
  }
}

async function live(chain: MemoryChain, follower: Follower, step: Step, salt: { next: number }): Promise<void> {
  if (step.kind === 'mine') grow(chain, step.blocks, salt)
  if (step.kind === 'reorg') {
    chain.drop(step.depth)
    grow(chain, step.blocks, salt)
  }
  if (step.kind === 'advance') await follower.advance()
  if (step.kind === 'interrupt') await interrupted(follower, chain, step.after)
}

function grow(chain: MemoryChain, blocks: readonly (readonly number[])[], salt: { next: number }): void {
  for (const choices of blocks) {
    salt.next += 1
    chain.mine(factsAfter(chain.all, choices, salt.next))
  }
}

/** A turn in which the node is gone after some ranges. */
async function interrupted(follower: Follower, chain: MemoryChain, after: number): Promise<void> {
  let ranges = 0
  chain.beforeRange = () => {
    ranges += 1
    if (ranges > after) throw new Error('the node is gone')
  }
  await follower.advance().catch(() => undefined)
  chain.beforeRange = () => {}
}

async function emptied(index: Index): Promise<void> {
  await index.deleteFrom('blocks').execute()
  await index.updateTable('followed').set({ block: 0, hash: '', time: 0 }).execute()
}

/** Fills an index with a chain in one go. */
async function rebuilt(index: Index, chain: MemoryChain): Promise<void> {
  await emptied(index)
  chain.rangeSize = 1000
  await new Follower(index, chain, 1).advance()
}

/** The snapshot that the index tells. */
function snapshotIn(index: Index): Promise<Snapshot> {
  return reading(index, async (read, asOf) => comparable(await readSnapshot(read, asOf, TERMS)))
}

/** The snapshot that the scheduler's own reduction of every event tells. */
function snapshotOfAll(chain: MemoryChain): Snapshot {
  const state = reduceAll(emptyGrid(), chain.all)
  const head = chain.last
  return comparable(snapshotOf(state, head.number, head.time, TERMS))
}

/** Submissions numbered from the first live one on, and the histories of those who wait alone: the rest cannot be seen by a plan. */
function comparable(snapshot: Snapshot): Snapshot {
  const jobs = snapshot.jobs
    .toSorted((left, right) => left.sequence - right.sequence)
    .map((job, sequence) => ({ ...job, sequence }))
  const waiting = new Set(jobs.filter(({ status }) => status === 'PENDING').map(({ request }) => request.customer))
  const histories = new Map([...snapshot.histories].filter(([customer]) => waiting.has(customer)).sort())
  const providers = snapshot.providers.toSorted((left, right) => left.index - right.index)
  return { ...snapshot, jobs, providers, histories }
}
