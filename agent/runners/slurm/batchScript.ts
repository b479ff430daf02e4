import { quoteForBash } from '../../../workflow/quoteForBash.ts'
import { ALREADY_STARTED, NOT_PREPARED } from './slurmStates.ts'

/** What a batch script is made from. */
export interface Batch {
  readonly name: string
  /** Known to the agent and to this execution alone. */
  readonly token: string
  /** Folder of the execution on the shared storage: who creates it starts the script. */
  readonly folder: string
  /** Bash text. */
  readonly script: string
  readonly env: Readonly<Record<string, string>>
  readonly timeLimitSeconds: number
  readonly outputLimitBytes: number
  /** Between SIGTERM and SIGKILL. */
  readonly graceSeconds: number
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * The batch script around a job's script. It starts the script at most once, whatever Slurm does with the batch script, keeps the first part
 * of what it prints, ends it at its time limit to the second, and writes how long it ran by the node's monotonic clock.
 */
export function batchScript(batch: Batch): string {
  const { name, token, folder, timeLimitSeconds, outputLimitBytes, graceSeconds } = batch
  return `#!/bin/bash
umask 077
unset SLURM_EXPORT_ENV
folder=${quoteForBash(folder)}
token=${quoteForBash(token)}
mkdir -- "$folder" 2>/dev/null || { [ -d "$folder" ] && exit ${ALREADY_STARTED}; exit ${NOT_PREPARED}; }

# Hundredths of a second since the node's boot: no clock that is set moves it.
now() { local up; read -r up _ </proc/uptime; printf '%s' "\${up/./}"; }
keep() { printf '%s\\n' "token $token" "\${@:2}" >"$folder/$1.tmp" && sync -- "$folder/$1.tmp" && mv -f -- "$folder/$1.tmp" "$folder/$1"; }
limit() { local raised; raised=$(cat -- "$folder.limit" 2>/dev/null); printf '%s' "\${raised:-${timeLimitSeconds}}"; }

mkdir -- "$folder/home" && : >"$folder/output" && printf '%s' ${quoteForBash(batch.script)} >"$folder/script" &&
  keep start "job $SLURM_JOB_ID" || exit ${NOT_PREPARED}
begun=$(now)
export PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 HOME="$folder/home"
${Object.entries(batch.env)
  .filter(([key]) => VARIABLE.test(key))
  .map(([key, value]) => `export ${key}=${quoteForBash(value)}\n`)
  .join('')}${identity(name)}
cd -- "$HOME" || exit ${NOT_PREPARED}

reason=exited
set -m
# Unbuffered, so that what is printed can be read at once.
capture() { stdbuf -o0 head -c ${outputLimitBytes} >"$folder/output"; wc -c >"$folder/omitted"; }
exec 3> >(trap '' TERM; capture)
bash -- "$folder/script" >&3 2>&1 3>&- </dev/null &
script=$!
exec 3>&-
# Slurm's own SIGTERM, as of scancel, reaches the script by its group too.
trap 'kill -TERM -- "-$script" 2>/dev/null' TERM
trap : USR1
watch() {
  local left
  while left=$(($(limit) * 100 - ($(now) - begun))); ((left > 0)); do
    ((left < 6000)) || left=6000
    sleep "$((left / 100)).$((left / 10 % 10 + 1))"
  done
  kill -USR1 $$
}
watch >/dev/null 2>&1 &
watcher=$!

while :; do
  wait "$script"
  code=$?
  kill -0 "$script" 2>/dev/null || break
  (($(limit) * 100 <= $(now) - begun)) || continue
  reason=time-limit
  kill -TERM -- "-$script" 2>/dev/null
  for ((i = 0; i < ${graceSeconds} * 10; i++)); do kill -0 -- "-$script" 2>/dev/null || break; sleep 0.1; done
  kill -KILL -- "-$script" 2>/dev/null
  wait "$script"
  code=$?
  break
done
seconds=$((($(now) - begun) / 100))
kill -KILL -- "-$script" "-$watcher" 2>/dev/null
keep end "reason $reason" "seconds $seconds" "code $code"
# What was printed last may still be on its way; whoever keeps the pipe open is killed with the job.
for ((i = 0; i < 20; i++)); do [ -e "$folder/omitted" ] && break; sleep 0.05; done
exit "$code"
`
}

/** What every script is told of itself, and no workflow can change. */
function identity(name: string): string {
  const [id = '', attempt = ''] = name.split('-')
  return `export DEEPSQUARE_JOB_ID=${id} DEEPSQUARE_ATTEMPT=${attempt} DEEPSQUARE_EXECUTION=${name}`
}
