import {
  BACKGROUND,
  CONDITION,
  CORE,
  containerPrelude,
  DEPENDS,
  HANDLERS,
  MODULES,
  PARALLEL,
  SECRETS,
  TASKS,
} from './render/prelude.ts'
import { NETWORK } from './render/renderNetwork.ts'
import { StepWriter } from './render/renderSteps.ts'
import { renderTransport, transportOf } from './render/renderTransport.ts'
import { LOCAL_TARGET, type RenderTarget } from './render/target.ts'
import { assignment } from './render/words.ts'
import type { EnvVariable, Workflow } from './schema.ts'

/**
 * The bash script of a workflow. Its steps run one after the other in `$STORAGE_PATH` (where the script was started, unless the
 * runner sets it); the first that fails ends it with that step's exit code. Nothing that the workflow says is read by the
 * script's own shell: names, values and commands are quoted words, handed to `env` and to the step's shell.
 */
export function renderScript(workflow: Workflow, target: RenderTarget = LOCAL_TARGET): string {
  const writer = new StepWriter(workflow, target)
  const top = writer.level('', workflow.steps)
  const transport = renderTransport(workflow)
  const body = transport + writer.text
  return `#!/bin/bash
# Single quotes are meant: commands are expanded by their own shells. Functions are called by the names that others are given.
# shellcheck disable=SC1003,SC2016,SC2030,SC2031,SC2034,SC2317
set -uo pipefail
shopt -s dotglob nullglob

STORAGE_PATH=\${STORAGE_PATH:-$PWD}
secrets=\${DEEPSQUARE_SECRETS:-$STORAGE_PATH/.deepsquare/secrets}
job_env=(
${[...resourceVariables(workflow), ...workflow.env].map((variable) => `  ${assignment(variable)}\n`).join('')}${arrayVariable(workflow)})
scope=() exports=() vars=() env_files=(.deepsquare/env)
${prelude(body, target)}${body}
arm
(umask 077 && mkdir -p -- "$STORAGE_PATH/.deepsquare") &&
  mkdir -p -- "$STORAGE_PATH/input" "$STORAGE_PATH/output" &&
  : >>"$STORAGE_PATH/.deepsquare/env" || exit 125
${main(top, workflow, body.includes('podman_flags')).join('\n')}
`
}

function main(top: string, workflow: Workflow, hasPodman: boolean): readonly string[] {
  const { hasInput, hasOutput, isContinuous } = transportOf(workflow)
  const sync = ['(', '  arm_background', '  keep_sending', ') &', 'sender=$! shells[$!]=1']
  return [
    ...(hasInput ? ['fetch_input || exit'] : []),
    ...(isContinuous ? sync : []),
    top,
    'end_leftovers $?',
    'status=$?',
    'if ((stopped)); then status=$stopped; fi',
    ...(isContinuous ? ['kill -s TERM "$sender" 2>/dev/null', 'await "$sender"'] : []),
    ...(hasPodman ? ['remove_containers'] : []),
    ...(hasOutput ? ['stopped=0', 'send_output || status=$((status == 0 ? $? : status))'] : []),
    'exit "$status"',
  ]
}

/** The functions that this script calls, and no others. */
function prelude(body: string, target: RenderTarget): string {
  const parts: readonly (readonly [word: RegExp, text: string])[] = [
    [/ (?:with_error_code|finally) /, HANDLERS],
    [/\bfinish |start_round /, BACKGROUND],
    [/\brun_tasks /, TASKS],
    [/\bholds /, CONDITION],
    [/\bdepend_on /, DEPENDS],
    [/\bstart_round /, PARALLEL],
    [/\bexport_outputs /, MODULES],
    [/\bsecret /, SECRETS],
    [/\bin_network/, NETWORK],
    [/\b(?:podman|apptainer|pyxis|enroot)_flags\b/, containerPrelude(target)],
  ]
  return CORE + parts.map(([word, text]) => (word.test(body) ? text : '')).join('')
}

/** Which job of an array this is; the runner knows. */
function arrayVariable({ array }: Workflow): string {
  if (array === undefined) return ''
  return `  "DEEPSQUARE_ARRAY_INDEX=\${DEEPSQUARE_ARRAY_INDEX:-0}" DEEPSQUARE_ARRAY_SIZE=${array}\n`
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
