import type { RenderTarget } from './target.ts'

// Bash, checked by shellcheck as part of every script that a golden file holds.

/** Starts commands, hands signals on, keeps the books of what steps export and of what is launched. */
export const CORE = `
# What steps left in the files behind $DEEPSQUARE_ENV; lines that are no assignment are left out.
read_exports() {
  local LC_ALL=C file line
  exports=()
  for file in "\${env_files[@]}"; do
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
    "DEEPSQUARE_ENV=$1/\${env_files[-1]}" "DEEPSQUARE_SECRETS=$2"
    "\${job_env[@]}" "\${exports[@]}" "\${scope[@]}" "\${@:3}"
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
  for child in "\${commands[@]}"; do kill -s "$1" -- "-$child" 2>/dev/null || kill -s "$1" "$child" 2>/dev/null; done
  for child in "\${!shells[@]}"; do kill -s "\${1/#KILL/USR1}" "$child" 2>/dev/null; done
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
  await "\${commands[0]}"
  status=$?
  # What the command left running ends with it, as in a step of Slurm.
  kill -s KILL -- "-\${commands[0]}" 2>/dev/null
  commands=()
  return "$status"
}

start() {
  (
    trap - HUP INT QUIT TERM USR1
    cd -- "$STORAGE_PATH" && cd -- "$1" && exec setsid -- "\${@:2}"
  ) </dev/null &
  commands+=("$!")
}

# Ends what was launched beside steps that have ended with status $1. What failed by itself before that fails them.
end_level() {
  local status=$1 pid signal own
  for pid in "\${!launched[@]}"; do
    signal=\${launched[pid]}
    if [[ $signal == none ]]; then
      leftovers+=("$pid")
      continue
    fi
    kill -s "\${signal/#KILL/USR1}" "$pid" 2>/dev/null
    await "$pid"
    own=$?
    if ((own != 128 + $(kill -l "$signal") && status == 0)); then status=$own; fi
  done
  return "$status"
}

# Waits for what was launched without a signal to end it.
end_leftovers() {
  local status=$1 pid own
  for pid in "\${leftovers[@]}"; do
    await "$pid"
    own=$?
    if ((status == 0)); then status=$own; fi
  done
  return "$status"
}
`

/** For steps with catch or finally. */
export const HANDLERS = `
# Runs the steps $2 of a catch, which see in $DEEPSQUARE_ERROR_CODE how what they belong to ended.
with_error_code() {
  local own=("\${scope[@]}" "DEEPSQUARE_ERROR_CODE=$1")
  local scope=("\${own[@]}")
  "$2"
}

# As with_error_code, and after a signal too: these steps clean up.
finally() {
  local status kept=$stopped
  stopped=0
  with_error_code "$1" "$2"
  status=$?
  if ((stopped == 0)); then stopped=$kept; fi
  return "$status"
}
`

/** For steps in the background: launched ones and rounds of a parallel loop. */
export const BACKGROUND = `
# Ends a shell in the background with the status of its steps, or as the signal that stopped it says.
finish() {
  local status
  end_leftovers "$1"
  status=$?
  if ((stopped)); then exit "$stopped"; fi
  exit "$status"
}
`

/** Several equal processes, where no srun starts them. The highest status counts, as with srun. */
export const TASKS = `
run_tasks() {
  local tasks=$1 directory=$2 index status=0 own pids
  shift 2
  if ((stopped)); then return "$stopped"; fi
  for ((index = 0; index < tasks; index += 1)); do
    start "$directory" /usr/bin/env "SLURM_PROCID=$index" "SLURM_LOCALID=$index" "SLURM_NTASKS=$tasks" "$@"
  done
  pids=("\${commands[@]}")
  for index in "\${pids[@]}"; do
    await "$index"
    own=$?
    if ((own > status)); then status=$own; fi
    kill -s KILL -- "-$index" 2>/dev/null
  done
  commands=()
  return "$status"
}
`

export const CONDITION = `
# Whether the test $1 holds: 0, 1, or how it failed.
holds() {
  variables "$STORAGE_PATH" "$secrets"
  # By eval, because bash takes a test that it cannot read for true where it is the whole of -c.
  run . /usr/bin/env "\${vars[@]}" /bin/bash -c 'eval "[[ $1 ]]"' condition "$1"
}
`

export const DEPENDS = `
# Waits for the launched steps of the handle $1; their failure is the failure of whoever depends on them.
depend_on() {
  local pid=\${handles[$1]:-}
  if [[ -z $pid ]]; then return 0; fi
  [[ -n \${launched[pid]+set} ]] || return "\${awaited[pid]:-0}"
  await "$pid"
  awaited[pid]=$?
  unset 'launched[pid]'
  return "\${awaited[pid]}"
}
`

export const PARALLEL = `
# Starts a round of a loop in the background: the steps $1 with the variables after it.
start_round() {
  (
    arm_background
    scope+=("\${@:2}")
    "$1"
    finish $?
  ) &
  rounds+=("$!")
  shells[$!]=1
}

# Waits for the rounds of a loop; the first that failed says how.
end_rounds() {
  local status=0 pid own
  for pid in "\${rounds[@]}"; do
    await "$pid"
    own=$?
    if ((status == 0)); then status=$own; fi
  done
  return "$status"
}
`

export const MODULES = `
# Gives the outputs of a module to whoever uses it: variables of the file $1, with $2 before their names.
export_outputs() {
  local LC_ALL=C line name
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ ! $line =~ ^[A-Za-z_][A-Za-z0-9_]*= ]]; then continue; fi
    name=\${line%%=*}
    if (($# > 2)) && [[ " \${*:3} " != *" $name "* ]]; then continue; fi
    printf '%s%s\\n' "$2" "$line"
  done <"$STORAGE_PATH/$1" >>"$STORAGE_PATH/\${env_files[-1]}"
}
`

export const SECRETS = `
# The secret called $1, as the agent has put it down.
secret() {
  if [[ -f $secrets/$1 && -r $secrets/$1 ]]; then
    cat -- "$secrets/$1"
  else
    echo "grid: the secret $1 was not given to this job" >&2
    return 1
  fi
}
`

const MOUNTED = `
# The directories that a provider offers beside $STORAGE_PATH.
offered_directories() {
  local name
  offered=()
  for name in DEEPSQUARE_TMP DEEPSQUARE_SHARED_TMP DEEPSQUARE_SHARED_WORLD_TMP DEEPSQUARE_DISK_TMP DEEPSQUARE_DISK_WORLD_TMP; do
    if [[ -d \${!name:-} ]]; then offered+=("$name=\${!name}"); fi
  done
}
`

const PODMAN = `
container_label=grid.job=$BASHPID.$EPOCHREALTIME

# Podman's containers are no children of this script: one whose client was killed is still there.
remove_containers() {
  local ids
  mapfile -t ids < <(podman ps --all --quiet --filter "label=$container_label")
  if ((\${#ids[@]})); then podman rm --force --time 1 "\${ids[@]}" >/dev/null; fi
}

# Sets flags to those that give a container the variables in vars and the directories of the job.
podman_flags() {
  local entry
  flags=(--label "$container_label" --volume "$STORAGE_PATH:/deepsquare")
  if [[ -d $secrets ]]; then flags+=(--volume "$secrets:/run/deepsquare-secrets:ro"); fi
  offered_directories
  for entry in "\${offered[@]}"; do flags+=(--volume "\${entry#*=}:\${entry#*=}" --env "$entry"); done
  for entry in "\${vars[@]}"; do flags+=(--env "$entry"); done
}

# Podman maps users by itself when it has no root; with root it has nothing to map.
podman_user() {
  if ((EUID == 0)); then flags+=(--user "$1:$2"); else flags+=(--userns "keep-id:uid=$1,gid=$2"); fi
}
`

const APPTAINER = `
# Sets flags to the directories that a container sees, and environ to the variables that Apptainer hands on.
apptainer_flags() {
  local entry
  flags=(--bind "$STORAGE_PATH:/deepsquare")
  environ=()
  if [[ -d $secrets ]]; then flags+=(--bind "$secrets:/run/deepsquare-secrets:ro"); fi
  offered_directories
  for entry in "\${offered[@]}"; do flags+=(--bind "\${entry#*=}") environ+=("APPTAINERENV_$entry"); done
  for entry in "\${vars[@]}"; do environ+=("APPTAINERENV_$entry"); done
}
`

const PYXIS = `
# Sets flags to the mounts and names that Pyxis hands to a container. Variables that steer Slurm or Enroot themselves are left out.
pyxis_flags() {
  local entry mounts="$STORAGE_PATH:/deepsquare" names=
  flags=() environ=()
  if [[ -d $secrets ]]; then mounts+=",$secrets:/run/deepsquare-secrets:ro"; fi
  offered_directories
  for entry in "\${offered[@]}"; do mounts+=",\${entry#*=}:\${entry#*=}"; done
  for entry in "\${offered[@]}" "\${vars[@]}"; do
    if [[ $entry =~ ^(SLURM|SRUN|SBATCH|PMI|PMIX|ENROOT|PYXIS|LD|PATH|HOME|IFS|BASH) ]]; then continue; fi
    environ+=("$entry")
    names+=",\${entry%%=*}"
  done
  flags=(--container-mounts "$mounts\${1:+,$1}" --container-env "\${names#,}")
}
`

const ENROOT = `
# Sets flags to those that give a container the variables in vars and the directories of the job.
enroot_flags() {
  local entry
  flags=(--mount "$STORAGE_PATH:/deepsquare")
  if [[ -d $secrets ]]; then flags+=(--mount "$secrets:/run/deepsquare-secrets"); fi
  offered_directories
  for entry in "\${offered[@]}"; do flags+=(--mount "\${entry#*=}:\${entry#*=}" --env "$entry"); done
  for entry in "\${vars[@]}"; do flags+=(--env "$entry"); done
}
`

/** What the containers of a target need. */
export function containerPrelude({ scheduler, containers }: RenderTarget): string {
  if (containers === 'none') return ''
  const own = { podman: PODMAN, apptainer: APPTAINER, enroot: scheduler === 'slurm' ? PYXIS : ENROOT }
  return MOUNTED + own[containers]
}
