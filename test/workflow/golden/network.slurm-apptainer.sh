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

# The secret called $1, as the agent has put it down.
secret() {
  if [[ -f $secrets/$1 && -r $secrets/$1 ]]; then
    cat -- "$secrets/$1"
  else
    echo "grid: the secret $1 was not given to this job" >&2
    return 1
  fi
}

# Runs a command as user $2 and group $3 in a network of its own, which slirp4netns or pasta ($1) joins to the machine's.
in_network() {
  local mode=$1 user=$2 group=$3 directory pid helper status
  shift 3
  if [[ $mode == pasta ]]; then
    exec pasta --config-net --ns-ifname net0 -- unshare --user "--map-user=$user" "--map-group=$group" --mount --keep-caps -- "$@"
  fi
  directory=$(mktemp -d) || return
  mkfifo -- "$directory/made" "$directory/ready" || return
  unshare --user "--map-user=$user" "--map-group=$group" --net --mount --keep-caps -- /bin/bash -c '
    echo >"$1/made" && read -r -n 1 _ <"$1/ready" && exec "${@:2}"
  ' network "$directory" "$@" &
  pid=$!
  trap 'kill -s TERM "$pid"' TERM
  read -r _ <"$directory/made"
  slirp4netns --configure --mtu=65520 --disable-host-loopback --ready-fd=3 "$pid" net0 3>"$directory/ready" &
  helper=$!
  wait "$pid"
  status=$?
  kill -s TERM "$helper"
  rm -rf -- "$directory"
  return "$status"
}

# Makes the name servers after it those of a network.
name_servers() {
  local file
  file=$(mktemp) || return
  printf 'nameserver %s\n' "$@" >"$file"
  mount --bind -- "$file" /etc/resolv.conf
}

# The directories that a provider offers beside $STORAGE_PATH.
offered_directories() {
  local name
  offered=()
  for name in DEEPSQUARE_TMP DEEPSQUARE_SHARED_TMP DEEPSQUARE_SHARED_WORLD_TMP DEEPSQUARE_DISK_TMP DEEPSQUARE_DISK_WORLD_TMP; do
    if [[ -d ${!name:-} ]]; then offered+=("$name=${!name}"); fi
  done
}

# Sets flags to the directories that a container sees, and environ to the variables that Apptainer hands on.
apptainer_flags() {
  local entry
  flags=(--bind "$STORAGE_PATH:/deepsquare")
  environ=()
  if [[ -d $secrets ]]; then flags+=(--bind "$secrets:/run/deepsquare-secrets:ro"); fi
  offered_directories
  for entry in "${offered[@]}"; do flags+=(--bind "${entry#*=}") environ+=("APPTAINERENV_$entry"); done
  for entry in "${vars[@]}"; do environ+=("APPTAINERENV_$entry"); done
}

network__1() {
  name_servers 9.9.9.9 2620:fe::fe || return
  local id
  id=$(secret BORE) || return 1
  bore -s bore.example.org -p 2200 -ls localhost -lp 8080 -id "$id" &
  bore -s bore.example.org -p 2201 -ls localhost -lp 8081 -id 'abc' &
  exec setpriv --inh-caps=-all --ambient-caps=-all -- "$@"
}

step_1() {
  # Name: tunnel
  if ((stopped)); then return "$stopped"; fi
  variables /deepsquare /run/deepsquare-secrets GPUS_PER_TASK=0
  apptainer_flags
  run . srun --job-name=tunnel --ntasks=1 --cpus-per-task=2 --mem-per-cpu=512M --gres=none --exact /bin/bash -c "$(declare -f in_network); in_network \"\$@\"" network slirp4netns "$(id -u)" "$(id -g)" /bin/bash -c "$(declare -f secret name_servers network__1); secrets=\$1; shift; network__1 \"\$@\"" network "$secrets" /usr/bin/env "${environ[@]}" apptainer exec --pwd=/deepsquare --no-home "${flags[@]}" docker://registry-1.docker.io/nginxinc/nginx-unprivileged:latest /bin/sh -c 'nginx -g "daemon off;"'
}

network__2() {
  local key_0
  key_0=$(secret WG_KEY) || return 1
  local shared_0_0
  shared_0_0=$(secret WG_SHARED) || return 1
  ip link add wg0 type wireguard || return
  wg set wg0 private-key <(printf '%s' "$key_0") peer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= preshared-key <(printf '%s' "$shared_0_0") endpoint vpn.example.org:51820 persistent-keepalive 25 allowed-ips 10.0.0.0/24,fd00::/64 || return
  ip address add 10.0.0.2/24 dev wg0 || return
  ip link set wg0 up || return
  ip route replace 10.0.0.0/24 dev wg0 || return
  ip route replace fd00::/64 dev wg0 || return
  exec "$@"
}

step_2() {
  # Name: private
  if ((stopped)); then return "$stopped"; fi
  variables "$STORAGE_PATH" "$secrets" GPUS_PER_TASK=0
  run . srun --job-name=private --ntasks=1 --cpus-per-task=2 --mem-per-cpu=512M --gres=none --exact /bin/bash -c "$(declare -f in_network); in_network \"\$@\"" network pasta 0 0 /bin/bash -c "$(declare -f secret name_servers network__2); secrets=\$1; shift; network__2 \"\$@\"" network "$secrets" /usr/bin/env "${vars[@]}" /bin/sh -c 'ping -c 1 10.0.0.1'
}

step_3() {
  if ((stopped)); then return "$stopped"; fi
  variables "$STORAGE_PATH" "$secrets" GPUS_PER_TASK=0
  run . srun --job-name=step_3 --ntasks=1 --cpus-per-task=2 --mem-per-cpu=512M --gres=none --exact unshare --user --map-user=1337 --map-group=1338 -- /usr/bin/env "${vars[@]}" /bin/sh -c 'id -u'
}

level() {
  local -A handles=()
  local -a launched=() awaited=()
  step_1 &&
    step_2 &&
    step_3
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
