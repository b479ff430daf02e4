import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { COMMANDS } from '../../cli/commandTable.ts'
import { freePort } from '../../scripts/grid/freePort.ts'
import { dps } from './dps.ts'

const folder = mkdtempSync(join(tmpdir(), 'dps-run-'))
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const DEPLOYMENT = file(
  'deployment.json',
  JSON.stringify({
    network: 'test',
    chainId: 31_337,
    startBlock: 0,
    accessManager: `0x${'1'.repeat(40)}`,
    credits: `0x${'2'.repeat(40)}`,
    providers: `0x${'3'.repeat(40)}`,
    jobs: `0x${'4'.repeat(40)}`,
  }),
)

describe('dps', () => {
  it('lists every command in its help', async () => {
    const { code, out } = await dps(['--help'])
    expect(code).to.equal(0)
    for (const { name } of COMMANDS) expect(out).to.contain(name.split(' ')[0])
    for (const { name, about } of COMMANDS) {
      const help = await dps([...name.split(' '), '--help'])
      expect(help.code, name).to.equal(0)
      expect(help.out.replaceAll(/\s+/g, ' ')).to.contain(about)
    }
  })

  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../cli/package.json', import.meta.url), 'utf8'))
    expect(await dps(['--version'])).to.deep.equal({ code: 0, out: `${version}\n`, err: '' })
  })

  const wrong: readonly (readonly [args: readonly string[], sentence: string])[] = [
    [['sbumit'], "Unknown command 'sbumit'. Did you mean submit?"],
    [['job', 'cancle', '0x'], "Unknown command 'cancle'. Did you mean cancel?"],
    [['job', 'list', '--custmer', '0x'], "Unknown option '--custmer'. Did you mean --customer?"],
    [['credit', 'deposit'], "Missing required argument 'credits'. See --help."],
    [
      ['credit', 'deposit', '1', '2'],
      "Too many arguments for 'deposit'. Expected 1 argument but got 2: 1, 2. See --help.",
    ],
    [['credit', 'deposit', 'much'], 'much is not an amount of credits. Give a decimal number, such as 12.5.'],
    [
      ['credit', 'transfer', '0x12', '1'],
      '0x12 is no address. Give 0x and 40 hex digits, with a right checksum if in mixed case.',
    ],
    [['provider', 'show', '0'], '0 is not the index of a provider. Give a whole number from 1 to 16777215.'],
    [['job', 'get', 'x'], 'x is no job id. Give 0x and 64 hex digits, or the first 6 or more of a job of yours.'],
    [
      ['job', 'list', '--state', 'dead'],
      'DEAD is no state. Choose one of PENDING, META_SCHEDULED, SCHEDULED, RUNNING, FINISHED, FAILED, OUT_OF_CREDITS, CANCELLED, PANICKED.',
    ],
    [['completion', 'tcsh'], 'tcsh is no shell that is known. Choose bash, zsh or fish.'],
    [['grid', 'status'], 'No rpc is set. Run `dps config set rpc …`, set DPS_RPC, or give --rpc.'],
  ]
  for (const [args, sentence] of wrong) {
    it(`answers \`dps ${args.join(' ')}\` in one sentence`, async () => {
      expect(await dps(args)).to.deep.equal({ code: 2, out: '', err: `error: ${sentence}\n` })
    })
  }

  it('tells an error as JSON where JSON is wanted', async () => {
    const { code, out, err } = await dps(['credit', 'deposit', 'much', '--json'])
    expect({ code, out }).to.deep.equal({ code: 2, out: '' })
    expect(JSON.parse(err).error).to.include({ code: 'AMOUNT_INVALID', exitCode: 2 })
  })

  it('shows the stack of an error with --debug alone', async () => {
    const args = ['credit', 'deposit', 'much']
    expect((await dps(args)).err).not.to.contain('    at ')
    expect((await dps([...args, '--debug'])).err).to.contain('    at ')
  })

  it('uses colours on a terminal, unless NO_COLOR says otherwise, and never in a pipe', async () => {
    const args = ['credit', 'deposit', 'much']
    expect((await dps(args, { columns: 80 })).err).to.contain('\x1b[31m')
    expect((await dps(args, { columns: 80, env: { NO_COLOR: '1' } })).err).not.to.contain('\x1b')
    expect((await dps(args)).err).not.to.contain('\x1b')
  })

  it('says that the node does not answer', async () => {
    const rpc = `http://127.0.0.1:${await freePort()}`
    const { code, err } = await dps(['grid', 'status', '--rpc', rpc, '--deployment', DEPLOYMENT])
    expect({ code, err }).to.deep.equal({
      code: 3,
      err: 'error: The chain node does not answer. Check its URL and try again.\n',
    })
  })

  it('says what is wrong with a deployment file', async () => {
    const rest = ['--rpc', 'http://127.0.0.1:1']
    const missing = await dps(['grid', 'status', ...rest, '--deployment', join(folder, 'none.json')])
    expect(missing.code).to.equal(6)
    expect(missing.err).to.contain('cannot be read')
    const wrongFile = file('wrong.json', '{"network":"x","chainId":"y"}')
    const invalid = await dps(['grid', 'status', ...rest, '--deployment', wrongFile])
    expect(invalid.code).to.equal(4)
    expect(invalid.err).to.contain('chainId is not a whole number')
  })

  describe('init and validate', () => {
    it('write a workflow that is right', async () => {
      const path = join(folder, 'job.yaml')
      expect((await dps(['init', path])).code).to.equal(0)
      expect((await dps(['validate', path])).out).to.equal(
        `${path} is right: 1 steps on 1 × 1 cpu, 512 MB a cpu, 0 gpu.\n`,
      )
      expect((await dps(['init', path])).code).to.equal(2)
    })

    it('tell every fault with its place, and end with 2', async () => {
      const path = file('faulty.yaml', 'resorces: {}\nsteps: []\n')
      const { code, err } = await dps(['validate', path])
      expect(code).to.equal(2)
      expect(err).to.contain(`${path}:1:1 resorces`)
      expect(err).to.contain('Did you mean resources?')
    })

    it('read stdin, and answer as JSON', async () => {
      const { code, out } = await dps(['validate', '-', '--json'], { stdin: 'steps: 1' })
      expect(code).to.equal(2)
      expect(JSON.parse(out)).to.have.nested.property('errors[0].code')
    })
  })
})
