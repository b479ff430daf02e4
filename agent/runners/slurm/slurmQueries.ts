import type { Answer, Site } from './site.ts'
import { SlurmUnanswered } from './site.ts'
import { fromCompletions, fromSacct, fromSqueue, SACCT_FIELDS, type SlurmJob, SQUEUE_FIELDS } from './slurmJob.ts'

/** Where Slurm keeps what it has forgotten itself: in its accounting, or in the file of `jobcomp/filetxt`. */
export type Records = { readonly kind: 'accounting' } | { readonly kind: 'completions'; readonly file: string }

/** The longest that an execution may have ended before it is asked for. */
const RECORD_DAYS = 60

/** Every job of the users that the controller knows, in one call whatever their number; also those that ended lately. */
export async function queueOf(site: Site, users: readonly string[]): Promise<readonly SlurmJob[]> {
  const whose = users.length === 0 ? ['--me'] : [`--user=${users.join(',')}`]
  const answer = await site.run(undefined, [
    'squeue',
    '--noheader',
    '--all',
    '--states=all',
    ...whose,
    '-O',
    SQUEUE_FIELDS,
  ])
  return fromSqueue(answer.toString())
}

/** What the records tell of executions by their names. */
export async function recordsOf(site: Site, records: Records, names: readonly string[]): Promise<readonly SlurmJob[]> {
  if (names.length === 0) return []
  return records.kind === 'accounting' ? ofAccounting(site, names) : ofCompletions(site, records.file, names)
}

/** A name takes 70 bytes, and a list of arguments not more than what every system takes. */
const NAMES_AT_ONCE = 500

async function ofAccounting(site: Site, names: readonly string[]): Promise<readonly SlurmJob[]> {
  const jobs: SlurmJob[] = []
  for (let from = 0; from < names.length; from += NAMES_AT_ONCE) {
    const some = `--name=${names.slice(from, from + NAMES_AT_ONCE).join(',')}`
    const since = `--starttime=now-${RECORD_DAYS}days`
    const fields = [
      '--noheader',
      '--parsable2',
      '--allocations',
      '--allusers',
      '--duplicates',
      '--format',
      SACCT_FIELDS,
    ]
    const answer = await site.run(undefined, ['sacct', ...fields, since, some])
    jobs.push(...fromSacct(answer.toString()))
  }
  return jobs
}

async function ofCompletions(site: Site, file: string, names: readonly string[]): Promise<readonly SlurmJob[]> {
  const patterns = names.map((name) => ` Name=${name} \n`).join('')
  const answer = await site.attempt(undefined, ['grep', '-aF', '-f', '-', '--', file], patterns)
  if (!isGrepped(answer)) throw new SlurmUnanswered('grep', answer)
  return fromCompletions(answer.stdout.toString(), localTime)
}

/** grep says with 1 that no line has it. */
function isGrepped({ code }: Answer): boolean {
  return code === 0 || code === 1
}

/** The file has the controller's local time, so that the agent must run in the same time zone. */
function localTime(text: string): number {
  const milliseconds = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000)
}
