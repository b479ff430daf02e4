import { quoteForBash } from '../quoteForBash.ts'
import { boreServer } from '../schema/network.ts'
import type { Run } from '../schema.ts'
import { setCredential, word } from './words.ts'

type Interface = Run['customNetworkInterfaces'][number]
type Wireguard = NonNullable<Interface['wireguard']>

/** Joins a command to a network of its own. The functions travel to where srun starts them as text. */
export const NETWORK = `
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
    echo >"$1/made" && read -r -n 1 _ <"$1/ready" && exec "\${@:2}"
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
  printf 'nameserver %s\\n' "$@" >"$file"
  mount --bind -- "$file" /etc/resolv.conf
}
`

/** A step's own network: a function that sets it up from inside, and the words that start a command in it. */
export interface NetworkCommand {
  readonly functions: string
  readonly words: readonly string[]
}

/** What a command needs that runs in a network of its own; undefined where it uses the machine's. */
export function renderNetwork(id: string, run: Run): NetworkCommand | undefined {
  const { network, dns, customNetworkInterfaces, mapUid, mapGid } = run
  if (network === undefined || network === 'host') return undefined
  const servers = dns.length > 0 ? dns : network === 'slirp4netns' ? ['10.0.2.3'] : []
  const lines = [
    ...(servers.length > 0 ? [`name_servers ${servers.join(' ')} || return`] : []),
    ...customNetworkInterfaces.flatMap((one, index) => interfaceLines(one, index)),
    // A user other than root loses what made the network before its command starts.
    mapUid === 0 ? 'exec "$@"' : 'exec setpriv --inh-caps=-all --ambient-caps=-all -- "$@"',
  ]
  const name = `network_${id}`
  const source = `"$(declare -f secret name_servers ${name}); secrets=\\$1; shift; ${name} \\"\\$@\\""`
  const user = mapUid === undefined ? '"$(id -u)"' : String(mapUid)
  const group = mapGid === undefined ? '"$(id -g)"' : String(mapGid)
  return {
    functions: `\n${name}() {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`,
    words: [
      ...['/bin/bash', '-c', '"$(declare -f in_network); in_network \\"\\$@\\""', 'network', network, user, group],
      ...['/bin/bash', '-c', source, 'network', '"$secrets"'],
    ],
  }
}

function interfaceLines({ wireguard, bore }: Interface, index: number): readonly string[] {
  if (wireguard !== undefined) return wireguardLines(wireguard, index)
  return bore === undefined ? [] : boreLines(bore)
}

function wireguardLines({ address, privateKey, peers }: Wireguard, index: number): readonly string[] {
  const name = `wg${index}`
  const keys = peers.flatMap(({ preSharedKey }, at) =>
    preSharedKey === undefined
      ? []
      : [`local shared_${index}_${at}`, setCredential(`shared_${index}_${at}`, preSharedKey)],
  )
  const peerWords = peers.flatMap(({ publicKey, preSharedKey, allowedIPs, endpoint, persistentKeepalive }, at) => [
    `peer ${publicKey}`,
    ...(preSharedKey === undefined ? [] : [`preshared-key <(printf '%s' "$shared_${index}_${at}")`]),
    ...(endpoint === undefined ? [] : [`endpoint ${word(endpoint)}`]),
    ...(persistentKeepalive === undefined ? [] : [`persistent-keepalive ${persistentKeepalive}`]),
    ...(allowedIPs.length === 0 ? [] : [`allowed-ips ${allowedIPs.join(',')}`]),
  ])
  return [
    `local key_${index}`,
    setCredential(`key_${index}`, privateKey),
    ...keys,
    `ip link add ${name} type wireguard || return`,
    `wg set ${name} private-key <(printf '%s' "$key_${index}") ${peerWords.join(' ')} || return`,
    ...address.map((range) => `ip address add ${range} dev ${name} || return`),
    `ip link set ${name} up || return`,
    ...peers.flatMap(({ allowedIPs }) => allowedIPs).map((range) => `ip route replace ${range} dev ${name} || return`),
  ]
}

/** The tunnel ends with the step: it is a process of its group. */
function boreLines(bore: NonNullable<Interface['bore']>): readonly string[] {
  const { host, port } = boreServer(bore)
  const words = ['bore', '-s', word(host), '-p', port, '-ls', 'localhost', '-lp', String(bore.targetPort)]
  if (bore.secret === undefined) return [`${words.join(' ')} &`]
  const id = typeof bore.secret === 'string' ? quoteForBash(bore.secret) : '"$id"'
  const set = typeof bore.secret === 'string' ? [] : ['local id', setCredential('id', bore.secret)]
  return [...set, `${words.join(' ')} -id ${id} &`]
}
