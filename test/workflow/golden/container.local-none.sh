#!/bin/bash
# Single quotes are meant: commands are expanded by their own shells. Functions are called by the names that others are given.
# shellcheck disable=SC1003,SC2016,SC2030,SC2031,SC2034,SC2317
set -uo pipefail
shopt -s dotglob nullglob

STORAGE_PATH=${STORAGE_PATH:-$PWD}
secrets=${DEEPSQUARE_SECRETS:-$STORAGE_PATH/.deepsquare/secrets}
job_env=(
  'NTASKS=4'
  'CPUS_PER_TASK=2'
  'MEM_PER_CPU=512'
  'GPUS=2'
  'CPUS=8'
  'MEM=4096'
)
scope=() exports=() vars=() env_files=(.deepsquare/env)

# What steps left in the files behind $DEEPSQUARE_ENV; lines that are no assignment are left out.
read_exports() {
  local LC_ALL=C file line
  exports=()
  for file in "${env_files[@]}"; do
    [[ -f $STORAGE_PATH/$file && -r $STORAGE_PATH/$file ]] || continue
    while IFS= read -r line || [[ -n $line ]]; do
      if [[ $line =~ ^[A-Za-z_][A-Za-z0-9_]*= ]]; then exports+=("$line"); fi
    done <"$STORAGE_PATH/$file"
  done
}

# Sets vars to the variables of a step that sees $STORAGE_PATH as $1 and its secrets in $2; those after that are its own.
variables() {
  read_exports
  vars=(
    "STORAGE_PATH=$1" "DEEPSQUARE_INPUT=$1/input" "DEEPSQUARE_OUTPUT=$1/output"
    "DEEPSQUARE_ENV=$1/${env_files[-1]}" "DEEPSQUARE_SECRETS=$2"
    "${job_env[@]}" "${exports[@]}" "${scope[@]}" "${@:3}"
  )
}

# Every shell of the script is armed: a signal goes on to all that it started, and no further step starts.
arm() {
  commands=() shells=() leftovers=() stopped=0
  trap 'stop HUP 129' HUP
  trap 'stop INT 130' INT
  trap 'stop QUIT 131' QUIT
  trap 'stop TERM 143' TERM
}

# As arm, for a shell in the background; it is told by SIGUSR1 to kill what it started, because SIGKILL cannot be handed on.
arm_background() {
  arm
  trap 'stop KILL 137' USR1
}

stop() {
  local child
  interrupted=1 stopped=$2
  for child in "${commands[@]}"; do kill -s "$1" -- "-$child" 2>/dev/null || kill -s "$1" "$child" 2>/dev/null; done
  for child in "${!shells[@]}"; do kill -s "${1/#KILL/USR1}" "$child" 2>/dev/null; done
}

# The status of a child, waited for anew where a signal came between.
await() {
  local status
  while :; do
    interrupted=
    wait "$1" 2>/dev/null
    status=$?
    if [[ -z $interrupted ]]; then break; fi
  done
  unset "shells[$1]"
  return "$status"
}

# Runs a command in directory $1 and in a group of its own. Its input is empty: a step never reads the script itself.
run() {
  local status
  if ((stopped)); then return "$stopped"; fi
  start "$@"
  await "${commands[0]}"
  status=$?
  # What the command left running ends with it, as in a step of Slurm.
  kill -s KILL -- "-${commands[0]}" 2>/dev/null
  commands=()
  return "$status"
}

start() {
  (
    trap - HUP INT QUIT TERM USR1
    cd -- "$STORAGE_PATH" && cd -- "$1" && exec setsid -- "${@:2}"
  ) </dev/null &
  commands+=("$!")
}

# Ends what was launched beside steps that have ended with status $1. What failed by itself before that fails them.
end_level() {
  local status=$1 pid signal own
  for pid in "${!launched[@]}"; do
    signal=${launched[pid]}
    if [[ $signal == none ]]; then
      leftovers+=("$pid")
      continue
    fi
    kill -s "${signal/#KILL/USR1}" "$pid" 2>/dev/null
    await "$pid"
    own=$?
    if ((own != 128 + $(kill -l "$signal") && status == 0)); then status=$own; fi
  done
  return "$status"
}

# Waits for what was launched without a signal to end it.
end_leftovers() {
  local status=$1 pid own
  for pid in "${leftovers[@]}"; do
    await "$pid"
    own=$?
    if ((status == 0)); then status=$own; fi
  done
  return "$status"
}

run_tasks() {
  local tasks=$1 directory=$2 index status=0 own pids
  shift 2
  if ((stopped)); then return "$stopped"; fi
  for ((index = 0; index < tasks; index += 1)); do
    start "$directory" /usr/bin/env "SLURM_PROCID=$index" "SLURM_LOCALID=$index" "SLURM_NTASKS=$tasks" "$@"
  done
  pids=("${commands[@]}")
  for index in "${pids[@]}"; do
    await "$index"
    own=$?
    if ((own > status)); then status=$own; fi
    kill -s KILL -- "-$index" 2>/dev/null
  done
  commands=()
  return "$status"
}

step_1() {
  # Name: plain
  if ((stopped)); then return "$stopped"; fi
  variables /deepsquare /run/deepsquare-secrets GPUS_PER_TASK=0 'WHO=it'\''s $me'
  run . /bin/sh -c 'echo "grid: no containers here" >&2; exit 125'
}

step_2() {
  # Name: everything
  if ((stopped)); then return "$stopped"; fi
  variables /deepsquare /run/deepsquare-secrets GPUS_PER_TASK=1
  run_tasks 2 . /bin/sh -c 'echo "grid: no containers here" >&2; exit 125'
}

step_3() {
  # Name: entry point
  if ((stopped)); then return "$stopped"; fi
  variables /deepsquare /run/deepsquare-secrets GPUS_PER_TASK=0
  run . /bin/sh -c 'echo "grid: no containers here" >&2; exit 125'
}

step_4() {
  if ((stopped)); then return "$stopped"; fi
  variables /deepsquare /run/deepsquare-secrets GPUS_PER_TASK=0
  run . /bin/sh -c 'echo "grid: no containers here" >&2; exit 125'
}

level() {
  local -A handles=()
  local -a launched=() awaited=()
  step_1 &&
    step_2 &&
    step_3 &&
    step_4
  end_level $?
}

arm
(umask 077 && mkdir -p -- "$STORAGE_PATH/.deepsquare") &&
  mkdir -p -- "$STORAGE_PATH/input" "$STORAGE_PATH/output" &&
  : >>"$STORAGE_PATH/.deepsquare/env" || exit 125
level
end_leftovers $?
status=$?
if ((stopped)); then status=$stopped; fi
exit "$status"
