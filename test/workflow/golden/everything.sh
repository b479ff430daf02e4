#!/bin/bash
# Single quotes are meant: commands are expanded by their own shells.
# shellcheck disable=SC1003,SC2016
set -euo pipefail

STORAGE_PATH=${STORAGE_PATH:-$PWD}
job_env=(
  "STORAGE_PATH=$STORAGE_PATH"
  'NTASKS=2'
  'CPUS_PER_TASK=4'
  'MEM_PER_CPU=4096'
  'GPUS=2'
  'CPUS=8'
  'MEM=32768'
  'GREETING=hello world'
  'EMPTY='
)

(
  cd -- "$STORAGE_PATH"
  cd -- '/tmp'
  exec /usr/bin/env "${job_env[@]}" 'GREETING=hello step' /bin/bash -c 'set -e
for i in 1 2; do
  echo "$GREETING $i of $NTASKS"
done
'
) </dev/null

(
  cd -- "$STORAGE_PATH"
  exec /usr/bin/env "${job_env[@]}" /bin/sh -c 'exit 3'
) </dev/null
