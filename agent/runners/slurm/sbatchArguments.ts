import type { ExecutionResources } from '../runner.ts'

/** What the operator chose for every job. */
export interface Placement {
  readonly partition: string | undefined
  readonly account: string | undefined
  readonly qos: string | undefined
  readonly constraint: string | undefined
  /** Further arguments of sbatch. */
  readonly extra: readonly string[]
}

/** Beyond the time limit of the job, for what comes before and after its script. */
const SPARE_SECONDS = 90

/** Minutes after which Slurm ends a job whose batch script has not done so. */
export function limitMinutes(timeLimitSeconds: number): number {
  return Math.ceil((timeLimitSeconds + SPARE_SECONDS) / 60)
}

/** The arguments of sbatch for an execution; its batch script comes through the standard input. */
export function sbatchArguments(
  name: string,
  resources: ExecutionResources,
  timeLimitSeconds: number,
  placement: Placement,
): readonly string[] {
  const { tasks, cpusPerTask, memPerCpu, gpus } = resources
  const option = (key: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`--${key}=${value}`]
  return [
    'sbatch',
    '--parsable',
    // A second run of an execution would be a second one under the same id.
    '--no-requeue',
    '--export=NIL',
    '--input=none',
    '--output=/dev/null',
    '--chdir=/',
    `--job-name=${name}`,
    `--comment=${name}`,
    `--ntasks=${tasks}`,
    `--cpus-per-task=${cpusPerTask}`,
    `--mem-per-cpu=${memPerCpu}M`,
    ...option('gpus', gpus === 0 ? undefined : String(gpus)),
    `--time=${limitMinutes(timeLimitSeconds)}`,
    ...option('partition', placement.partition),
    ...option('account', placement.account),
    ...option('qos', placement.qos),
    ...option('constraint', placement.constraint),
    ...placement.extra,
  ]
}
