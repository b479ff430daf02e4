import { expect } from 'chai'
import { describe, it } from 'mocha'
import { SettingInvalid, SharedUserNotConfirmed, SingleTenantNotConfirmed } from '../../agent/errors.ts'
import { parseSettings } from '../../agent/settings.ts'

const right = {
  RPC_URL: 'http://127.0.0.1:8545',
  GRID_DEPLOYMENT: 'deployment.json',
  PROVIDER: '1',
  SIGNER_PRIVATE_KEY: `0x${'11'.repeat(32)}`,
  RELAY_URL: 'http://127.0.0.1:1',
  GATEWAY_URL: 'http://127.0.0.1:2',
  STATE_DIR: '/var/lib/agent',
  SINGLE_TENANT: 'yes',
}

function refusalOf(environment: Record<string, string | undefined>): unknown {
  try {
    parseSettings(environment)
  } catch (error) {
    return error
  }
  return undefined
}

describe('parseSettings', () => {
  it('fills in what is not set', () => {
    expect(parseSettings(right)).to.include({
      PROVIDER: 1,
      RUNNER: 'local',
      CONFIRMATIONS: 1,
      POLL_MS: 1000,
      HEARTBEAT_SECONDS: 60,
      GPUS: 0,
      OUTPUT_LIMIT: 1_048_576,
    })
  })

  const wrong: Record<string, readonly (string | undefined)[]> = {
    RPC_URL: [undefined, 'nowhere', 'ftp://127.0.0.1'],
    GRID_DEPLOYMENT: [undefined, ''],
    PROVIDER: [undefined, '0', '-1', '1.5', 'one'],
    SIGNER_PRIVATE_KEY: [undefined, '0x12', 'secret'],
    RELAY_URL: [undefined, 'nowhere'],
    GATEWAY_URL: [undefined, 'nowhere'],
    STATE_DIR: [undefined, ''],
    RUNNER: ['slurmm'],
    SANDBOX: ['docker'],
    JOB_USER: [''],
    JOB_NETWORK: ['bridge'],
    JOB_READABLE: ['data', '/data:sets'],
    JOB_PROCESSES: ['0'],
    JOB_FILES: ['many'],
    JOB_DISK: ['1GB'],
    MAX_TIME: ['0', '1h'],
    CUSTOMERS: ['', '0x12', 'everybody'],
    CONFIRMATIONS: ['0', '-3', 'many'],
    POLL_MS: ['0', '0.5'],
    HEARTBEAT_SECONDS: ['0', 'often'],
    RELAY_GRACE: ['0', 'soon'],
    CPUS: ['0', 'all'],
    MEM: ['0', '1GB'],
    GPUS: ['-1', '1.5'],
    OUTPUT_LIMIT: ['10', '1048577'],
    LOG_LEVEL: ['loud'],
    SLURM_SHARED_DIR: ['shared'],
    SLURM_USERS: ['a b', 'a,-x', '$(id)'],
    SLURM_SSH: ['-oProxyCommand=x', 'a b'],
    SLURM_PARTITION: ['', 'a b'],
    SLURM_TIMEOUT_SECONDS: ['0', 'soon'],
    SLURM_MAX_JOBS: ['0', '1.5'],
  }
  for (const [setting, values] of Object.entries(wrong)) {
    for (const value of values) {
      it(`refuses ${setting} ${value === undefined ? 'that is missing' : `of "${value}"`}`, () => {
        const error = refusalOf({ ...right, [setting]: value })
        expect(error).to.be.instanceOf(SettingInvalid)
        expect(error).to.include({ code: 'SETTING_INVALID', setting })
        expect(String(error)).to.contain(setting)
      })
    }
  }

  it('never repeats a key that is wrong', () => {
    expect(String(refusalOf({ ...right, SIGNER_PRIVATE_KEY: 'secret' }))).not.to.contain('secret')
  })

  it('asks for the password of a keystore', () => {
    const error = refusalOf({ ...right, SIGNER_PRIVATE_KEY: undefined, SIGNER_KEYSTORE: 'key.json' })
    expect(error).to.include({ setting: 'SIGNER_KEYSTORE_PASSWORD_FILE' })
  })

  for (const value of [undefined, 'no', 'true']) {
    it(`refuses the local runner without a sandbox where SINGLE_TENANT is ${value}`, () => {
      const error = refusalOf({ ...right, SANDBOX: 'none', SINGLE_TENANT: value })
      expect(error).to.be.instanceOf(SingleTenantNotConfirmed)
      expect(error).to.include({ code: 'SINGLE_TENANT_NOT_CONFIRMED' })
    })
  }

  describe('when the runner is Slurm', () => {
    const slurm = { ...right, SINGLE_TENANT: undefined, RUNNER: 'slurm', SLURM_SHARED_DIR: '/shared' }

    it('reads users and extra arguments as lists', () => {
      const read = parseSettings({ ...slurm, SLURM_USERS: 'grid1,grid2', SLURM_EXTRA_ARGS: ' --nice=5  --exclusive' })
      expect(read.SLURM_USERS).to.deep.equal(['grid1', 'grid2'])
      expect(read.SLURM_EXTRA_ARGS).to.deep.equal(['--nice=5', '--exclusive'])
    })

    it('refuses to run all jobs as one user unless told that there is a single tenant', () => {
      expect(refusalOf(slurm)).to.be.instanceOf(SharedUserNotConfirmed)
      expect(refusalOf({ ...slurm, SINGLE_TENANT: 'yes' })).to.equal(undefined)
    })

    it('refuses to go without a shared directory', () => {
      expect(refusalOf({ ...slurm, SLURM_USERS: 'grid1', SLURM_SHARED_DIR: undefined })).to.include({
        setting: 'SLURM_SHARED_DIR',
      })
    })
  })
})
