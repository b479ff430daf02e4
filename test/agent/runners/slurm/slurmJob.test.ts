import { expect } from 'chai'
import { describe, it } from 'mocha'
import { fromCompletions, fromSacct, fromSqueue } from '../../../../agent/runners/slurm/slurmJob.ts'

const NAME = `0x${'ab'.repeat(32)}-1`

const squeueLine = (
  fields: Partial<Record<'state' | 'exit' | 'start' | 'used' | 'limit' | 'name', string>> = {},
): string => {
  const {
    state = 'RUNNING',
    exit = '0',
    start = '1795573508',
    used = '1-02:03:04',
    limit = '10:00',
    name = NAME,
  } = fields
  return `12      |${state}   |${exit}  |1795573500  |${start} |${used} |${limit} |games  |None |${name}  |`
}

describe('fromSqueue', () => {
  it('reads a job with its times', () => {
    expect(fromSqueue(squeueLine())).to.deep.equal([
      {
        slurmId: '12',
        name: NAME,
        user: 'games',
        state: 'RUNNING',
        reason: 'None',
        exitCode: 0,
        signal: 0,
        submittedAt: 1_795_573_500,
        startedAt: 1_795_573_508,
        elapsedSeconds: 93_784,
        limitMinutes: 10,
      },
    ])
  })

  it('takes the exit status apart as wait(2) gives it', () => {
    expect(fromSqueue(squeueLine({ exit: '768' }))[0]).to.include({ exitCode: 3, signal: 0 })
    expect(fromSqueue(squeueLine({ exit: '9' }))[0]).to.include({ exitCode: 0, signal: 9 })
  })

  it('has no start for a job that waits', () => {
    expect(fromSqueue(squeueLine({ state: 'PENDING', start: 'N/A', used: '0:00' }))[0]).to.include({
      startedAt: 0,
      elapsedSeconds: 0,
    })
  })

  it('does not know a limit that is none', () => {
    expect(fromSqueue(squeueLine({ limit: 'UNLIMITED' }))[0]?.limitMinutes).to.equal(undefined)
  })

  for (const name of ['mine', `${NAME}|x`, `x${NAME}`, '0x12-1', '']) {
    it(`passes over a job called ${JSON.stringify(name)}`, () => {
      expect(fromSqueue(squeueLine({ name }))).to.deep.equal([])
    })
  }

  it('passes over what is no line of a job', () => {
    expect(fromSqueue('slurm_load_jobs error: Unable to contact slurm controller\n\n')).to.deep.equal([])
  })
})

describe('fromSacct', () => {
  const line = (state: string, exit: string): string => `7|${state}|${exit}|1795573500|1795573508|61|news|${NAME}`

  it('reads what ended, without what follows the state', () => {
    expect(fromSacct(`${line('CANCELLED by 1000', '0:15')}\n${line('FAILED', '7:0')}\n`)).to.deep.equal([
      { ...fromSacct(line('CANCELLED', '0:15'))[0] },
      { ...fromSacct(line('FAILED', '7:0'))[0] },
    ])
    expect(fromSacct(line('CANCELLED by 1000', '0:15'))[0]).to.include({
      slurmId: '7',
      state: 'CANCELLED',
      signal: 15,
      elapsedSeconds: 61,
      user: 'news',
    })
  })

  it('passes over jobs of other names', () => {
    expect(fromSacct('7|FAILED|1:0|1|2|3|news|wrap\n')).to.deep.equal([])
  })
})

describe('fromCompletions', () => {
  const line = (name: string, extra = ''): string =>
    `JobId=3 UserId=games(5) GroupId=games(60) Name=${name} JobState=FAILED Partition=main TimeLimit=2 StartTime=A EndTime=B NodeList=alpha1 NodeCnt=1 ProcCnt=1 WorkDir=/ ReservationName= Tres=cpu=1 Account= QOS= WcKey= Cluster=unknown SubmitTime=A EligibleTime=A${extra} DerivedExitCode=0:0 ExitCode=3:0 `
  const timeOf = (text: string): number => (text === 'A' ? 100 : 142)

  it('reads what ended, with the time between its start and its end', () => {
    expect(fromCompletions(line(NAME), timeOf)).to.deep.equal([
      {
        slurmId: '3',
        name: NAME,
        user: 'games',
        state: 'FAILED',
        reason: '',
        exitCode: 3,
        signal: 0,
        submittedAt: 100,
        startedAt: 100,
        elapsedSeconds: 42,
        limitMinutes: undefined,
      },
    ])
  })

  it('is not misled by a job whose name looks like a line', () => {
    expect(fromCompletions(line(`x JobState=COMPLETED Name=${NAME}`), timeOf)).to.deep.equal([])
  })
})
