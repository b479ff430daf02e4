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
)

(
  cd -- "$STORAGE_PATH"
  exec /usr/bin/env "${job_env[@]}" /bin/sh -c 'echo hello'
) </dev/null
