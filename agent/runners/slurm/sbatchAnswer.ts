import type { Answer } from './site.ts'

/** What came of sbatch. `unclear`: it may have been accepted or not, and only looking can tell. */
export type Submission =
  | { readonly kind: 'accepted'; readonly slurmId: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unclear'; readonly reason: string }

// Words with which Slurm says that this job, as it is, will not be taken. Whatever is not listed is unclear.
const REFUSALS =
  /node configuration is not available|specification can not be satisfied|invalid partition|Invalid (?:partition|account|qos|feature|license|generic resource|job array|node count|wckey|time limit)|time limit is invalid|violates accounting|policy \(|not permitted to use|Access\/permission denied|Node count specification|Task count specification|CPU count|Memory (?:required|specification)|unrecognized option|Batch script (?:contains|is empty)|size limit|Pathname of a file/i

/** Reads the answer of `sbatch --parsable`. */
export function sbatchAnswer({ code, stdout, stderr }: Answer): Submission {
  const slurmId = /^(\d+)(?:;\S+)?$/m.exec(stdout.toString())?.[1]
  if (code === 0 && slurmId !== undefined) return { kind: 'accepted', slurmId }
  const reason = stderr.trim().split('\n').at(-1) ?? ''
  const isRefused = code !== null && code !== 0 && slurmId === undefined && REFUSALS.test(stderr)
  return { kind: isRefused ? 'refused' : 'unclear', reason }
}
