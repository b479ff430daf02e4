import { expect } from 'chai'
import { describe, it } from 'mocha'
import { jobUser } from '../../../../../agent/runners/local/confinement/jobUser.ts'
import { gapsOf, probeConfinement } from '../../../../../agent/runners/local/confinement/probe.ts'
import { wishes } from '../../../support/confined.ts'

const sandbox = { network: 'none', readable: [], user: { uid: 65_534, gid: 65_534 } } as const
const cgroups = { version: 1, memory: '/m', cpu: '/c', pids: '/p' } as const

describe('probeConfinement', () => {
  it('says that there is no sandbox where none is wanted', () => {
    const { confinement, gaps, noSandbox } = probeConfinement(wishes({ sandbox: 'none' }), 'deepsquare-test')
    expect(confinement.sandbox).to.equal(undefined)
    expect(noSandbox).to.equal('SANDBOX is none')
    expect(gaps[0]).to.match(/^sandbox: none, jobs see what the agent sees/)
  })

  it('has a sandbox or says why not', () => {
    const { confinement, noSandbox } = probeConfinement(wishes(), 'deepsquare-test')
    expect(confinement.sandbox === undefined).to.equal(noSandbox !== undefined)
  })
})

describe('gapsOf', () => {
  it('is empty where everything is enforced', () => {
    expect(gapsOf({ sandbox, cgroups }, undefined)).to.deep.equal([])
  })

  for (const [controller, rest] of Object.entries({
    memory: { version: 1, cpu: '/c', pids: '/p' },
    cpu: { version: 1, memory: '/m', pids: '/p' },
    processes: { version: 1, memory: '/m', cpu: '/c' },
  } as const)) {
    it(`names ${controller} where its control group cannot be used`, () => {
      const gaps = gapsOf({ sandbox, cgroups: rest }, undefined)
      expect(gaps).to.have.length(1)
      expect(gaps[0]?.startsWith(`${controller}: `)).to.equal(true)
    })
  }

  it('names the network that jobs share', () => {
    expect(gapsOf({ sandbox: { ...sandbox, network: 'host' }, cgroups }, undefined)[0]).to.match(/^network: /)
  })
})

describe('jobUser', () => {
  it('finds a user by name and by number', () => {
    expect(jobUser('root')).to.deep.equal({ uid: 0, gid: 0 })
    expect(jobUser('0')).to.deep.equal({ uid: 0, gid: 0 })
  })

  it('finds nobody else', () => {
    expect(jobUser('nobody-of-this-name')).to.equal(undefined)
  })
})
