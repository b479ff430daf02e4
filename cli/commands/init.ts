import { existsSync, writeFileSync } from 'node:fs'
import { usageError } from '../cliError.ts'
import type { Run } from '../command.ts'

const WORKFLOW = `# What to run, and what it needs. Check it with \`dps validate\`, price it with \`dps quote\`, run it with \`dps submit -w\`.
name: hello

# The job ends after this time, and costs at most what this time costs. 90s, 10m, 1d12h.
timeLimit: 10m

# Nodes are found that fit: cpus and memory of one task are on one node.
resources:
  tasks: 1
  cpusPerTask: 1
  memPerCpu: 512 # MB
  gpus: 0 # of the whole job

# Only on providers whose labels say so; see \`dps provider list\`.
# affinity: arch=amd64, region=ch-west

env:
  - { key: GREETING, value: Hello from the grid }

# One after the other; the first that fails ends the job with its exit code.
steps:
  - name: greet
    run:
      command: |
        echo "$GREETING"
        echo "This is job $DEEPSQUARE_JOB_ID."
`

/** Writes a workflow with comments to start from. */
export const init: Run = async ({ out }, { args, options }) => {
  const path = args[0] ?? 'job.yaml'
  if (path === '-') {
    out.raw(WORKFLOW)
    return undefined
  }
  if (existsSync(path) && options['force'] !== true) {
    throw usageError('FILE_EXISTS', `${path} is there already. Name another file, or give --force.`)
  }
  writeFileSync(path, WORKFLOW)
  out.result({ file: path }, () => out.line(`Wrote ${path}. Next: dps quote ${path}`))
  return undefined
}
