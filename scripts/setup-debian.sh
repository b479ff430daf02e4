#!/usr/bin/env bash
# Installs the Debian packages that the checks of this repository use. Runs as root; does nothing where they are there already.
set -euo pipefail

packages=(bubblewrap shellcheck postgresql slurmctld slurmd slurm-client slurmdbd munge mariadb-server openssh-client prometheus podman runc busybox-static z3)

missing=()
for package in "${packages[@]}"; do
  dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
if ((${#missing[@]} == 0)); then exit 0; fi

if ((EUID != 0)); then
  echo "setup-debian: missing ${missing[*]}; run as root: apt-get install ${missing[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# Tests start their own daemons; none of the packages' must run beside them.
if [[ ! -e /usr/sbin/policy-rc.d ]]; then
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}"
