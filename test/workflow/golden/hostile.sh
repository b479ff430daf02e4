#!/bin/bash
# Single quotes are meant: commands are expanded by their own shells.
# shellcheck disable=SC1003,SC2016
set -euo pipefail

STORAGE_PATH=${STORAGE_PATH:-$PWD}
job_env=(
  "STORAGE_PATH=$STORAGE_PATH"
  'NTASKS=1'
  'CPUS_PER_TASK=1'
  'MEM_PER_CPU=128'
  'GPUS=0'
  'CPUS=1'
  'MEM=128'
  'QUOTES=it'\''s "quoted" `touch escaped` $(touch escaped) ${PATH}'
  'LINES=one
two'$'\015''
three	four'$'\007\033''[31m'$'\342\200\256''gnp.exe\'
  'IFS=/'
  'BASH_ENV=/dev/stdin'
  'SHELLOPTS=noexec'
  'UID=0'
)

(
  cd -- "$STORAGE_PATH"
  cd -- './-P/../'\''$(touch escaped)'\'''
  exec /usr/bin/env "${job_env[@]}" 'job_env=x)' /bin/sh -c 'printf '\''%s'\'' "$QUOTES"
)
exit 4
'\'''
) </dev/null
