import { quoteForBash } from './quoteForBash.ts'
import type { EnvVariable, Step, Workflow } from './schema.ts'

/**
 * The bash script of a workflow. Its steps run one after the other in `$STORAGE_PATH` (where the script was started, unless the
 * runner sets it); the first that fails ends it with that step's exit code. Nothing that the workflow says is read by the
 * script's own shell: names, values and commands are quoted words, handed to `env` and to the step's shell.
 */
export function renderScript(workflow: Workflow): string {
  return `#!/bin/bash
# Single quotes are meant: commands are expanded by their own shells.
# shellcheck disable=SC1003,SC2016
set -euo pipefail

STORAGE_PATH=\${STORAGE_PATH:-$PWD}
job_env=(
  "STORAGE_PATH=$STORAGE_PATH"
${[...resourceVariables(workflow), ...workflow.env].map((variable) => `  ${assignment(variable)}\n`).join('')})
${workflow.steps.map(renderStep).join('')}`
}

/** A subshell, so that no step moves the next one. Its input is empty: a step never reads the script itself. */
function renderStep(step: Step): string {
  const { command, shell, env, workDir } = step.run
  const words = ['/usr/bin/env', `"\${job_env[@]}"`, ...env.map(assignment), shell, '-c', quoteForBash(command)]
  return `
(
  cd -- "$STORAGE_PATH"${workDir === undefined ? '' : `\n  cd -- ${quoteForBash(directoryPath(workDir))}`}
  exec ${words.join(' ')}
) </dev/null
`
}

/** A path that `cd` takes for nothing else, as it would `-` and names in CDPATH. */
function directoryPath(workDir: string): string {
  return workDir.startsWith('/') ? workDir : `./${workDir}`
}

function assignment({ key, value }: EnvVariable): string {
  return quoteForBash(`${key}=${value}`)
}

function resourceVariables({ resources }: Workflow): readonly EnvVariable[] {
  const { tasks, cpusPerTask, memPerCpu, gpus } = resources
  const values = {
    NTASKS: tasks,
    CPUS_PER_TASK: cpusPerTask,
    MEM_PER_CPU: memPerCpu,
    GPUS: gpus,
    CPUS: tasks * cpusPerTask,
    MEM: tasks * cpusPerTask * memPerCpu,
  }
  return Object.entries(values).map(([key, value]) => ({ key, value: String(value) }))
}
