import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { Metrics } from '../../oracle/metrics.ts'

const ALERTS = 'ops/alerts.yml'
const read = (path: string) => readFileSync(path, 'utf8')

describe('the alerts and the dashboard', () => {
  for (const [sentence, command] of [
    ['are rules that Prometheus takes', ['check', 'rules', ALERTS]],
    ['fire for a leader that stands, and for no follower', ['test', 'rules', 'ops/alerts.test.yml']],
  ] as const) {
    it(sentence, function () {
      const { error, status, stdout, stderr } = spawnSync('promtool', command, { encoding: 'utf8' })
      if (error !== undefined) {
        process.stderr.write('No promtool: run scripts/setup-debian.sh as root (apt-get install prometheus).\n')
        return this.skip()
      }
      expect(status, stdout + stderr).to.equal(0)
    })
  }

  it('ask for nothing that the oracle does not measure', async () => {
    const measured = (await new Metrics().registry.getMetricsAsJSON()).map(({ name }) => name)
    for (const path of [ALERTS, 'ops/dashboard.json']) {
      const asked = [...read(path).matchAll(/oracle_\w+/g)].map(([name]) => name.replace(/_bucket$/, ''))
      expect(measured).to.include.members([...new Set(asked)])
    }
  })

  it('are explained, each with what to do', () => {
    const names = [...read(ALERTS).matchAll(/alert: (\w+)/g)].map(([, name]) => name ?? '')
    expect(names.length).to.be.greaterThan(5)
    for (const name of names) expect(read('oracle/README.md')).to.contain(`### ${name}\n`)
  })
})
