import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import type { Heartbeat } from '../../sdk/domain/job.ts'
import { HEARTBEAT_TYPES } from '../../sdk/domain/typedData.ts'
import { expectConserved } from './support/books.ts'
import { ethers, nextBlockAt, now } from './support/chain.ts'
import { type Grid, loadGrid } from './support/grid.ts'
import { signHeartbeat } from './support/signing.ts'
import { heartbeat } from './support/steps.ts'
import { viemHash } from './support/viemHash.ts'

const RUNNING = [{ id: ethers.id('a job') as `0x${string}`, attempt: 1, secondsUsed: 60 }]
const CLOCK_TOLERANCE = 60

describe('heartbeats', () => {
  let grid: Grid
  beforeEach(async () => {
    grid = await loadGrid()
  })
  afterEach(() => expectConserved(grid))

  const beatOf = (sentAt: number, provider = 1): Heartbeat => ({ provider, sentAt, running: RUNNING })
  const item = async (beat: Heartbeat, signer = grid.alpha.signer, domain = grid.domain) => ({
    heartbeat: { ...beat, running: [...beat.running] },
    signature: await signHeartbeat(signer, domain, beat),
  })
  const relay = (...items: Awaited<ReturnType<typeof item>>[]) =>
    grid.jobs.connect(grid.actors.relayer).heartbeat(items)

  it('show that a provider lives and what its jobs have used', async () => {
    const sentAt = (await now()) + 1
    await nextBlockAt(sentAt + 5)
    await expect(relay(await item(beatOf(sentAt))))
      .to.emit(grid.jobs, 'HeartbeatSeen')
      .withArgs(1, (beat: { running: readonly { secondsUsed: bigint }[] }) => beat.running[0]?.secondsUsed === 60n)
    expect(await grid.jobs.lastSeen(1)).to.equal(BigInt(sentAt))
  })

  it('may be ahead of the chain by a minute, which does not count as seen in the future', async () => {
    const at = (await now()) + 10
    await nextBlockAt(at)
    await heartbeat(grid, { sentAt: at + CLOCK_TOLERANCE, running: [] })
    expect(await grid.jobs.lastSeen(1)).to.equal(BigInt(at))
  })

  it('further ahead are refused', async () => {
    const at = (await now()) + 10
    const sentAt = at + CLOCK_TOLERANCE + 1
    await nextBlockAt(at)
    await expect(heartbeat(grid, { sentAt, running: [] }))
      .to.be.revertedWithCustomError(grid.jobs, 'HeartbeatOutOfRange')
      .withArgs(1, sentAt, 0)
  })

  it('count once: an old one is refused', async () => {
    const beat = await item(beatOf(await now()))
    await relay(beat)
    await expect(relay(beat))
      .to.be.revertedWithCustomError(grid.jobs, 'HeartbeatOutOfRange')
      .withArgs(1, beat.heartbeat.sentAt, beat.heartbeat.sentAt)
  })

  it('that are delayed move nobody’s last sign of life back', async () => {
    const at = (await now()) + 100
    await nextBlockAt(at)
    await heartbeat(grid, { sentAt: at - 90, running: [] })
    expect(await grid.jobs.lastSeen(1)).to.equal(BigInt(at - 90))
    await heartbeat(grid, { sentAt: at - 95 + 6, running: [] })
    expect(await grid.jobs.lastSeen(1)).to.equal(BigInt(at - 89))
  })

  it('of others are refused', async () => {
    const beat = beatOf(await now())
    const digest = viemHash({
      domain: grid.domain,
      types: HEARTBEAT_TYPES,
      primaryType: 'Heartbeat',
      message: { ...beat },
    })
    const foreign = { ...grid.domain, chainId: 1 }
    for (const forged of [await item(beat, grid.beta.signer), await item(beat, grid.alpha.signer, foreign)]) {
      await expect(relay(forged))
        .to.be.revertedWithCustomError(grid.jobs, 'SignatureInvalid')
        .withArgs(grid.alpha.signer, digest)
    }
  })

  it('in a batch are skipped where they are refused', async () => {
    const at = await now()
    const [good, old] = [await item(beatOf(at, 2), grid.beta.signer), await item(beatOf(0))]
    const sent = await relay(old, good)
    const reason = grid.jobs.interface.encodeErrorResult('HeartbeatOutOfRange', [1, 0, 0])
    await expect(sent).to.emit(grid.jobs, 'HeartbeatSkipped').withArgs(1, grid.actors.relayer, reason)
    expect(await grid.jobs.lastSeen(2)).to.equal(BigInt(at))
  })
})
