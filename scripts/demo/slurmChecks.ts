import { disagreements, slurmRecords, stillQueued } from '../slurm/audit.ts'
import type { SlurmCluster } from '../slurm/slurmCluster.ts'
import type { Check } from './audit.ts'
import type { JobStory } from './story.ts'

/** What Slurm's own records must say of the jobs of the demo; nothing where it did not run on Slurm. */
export async function slurmChecks(
  stories: readonly JobStory[],
  clusters: readonly SlurmCluster[],
): Promise<readonly Check[]> {
  if (clusters.length === 0) return []
  const records = (await Promise.all(clusters.map(slurmRecords))).flat()
  const queued = (await Promise.all(clusters.map(stillQueued))).flat()
  return [
    ...stories.map((story) => ({
      what: `${story.name} ran once in Slurm, for as long as it cost`,
      ok: disagreements(story, records).length === 0,
    })),
    { what: 'Slurm’s queues are empty', ok: queued.length === 0 },
  ]
}
