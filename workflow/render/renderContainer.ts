import { quoteForBash } from '../quoteForBash.ts'
import type { Run } from '../schema.ts'
import type { RenderTarget } from './target.ts'
import { setCredential, splitWords, word } from './words.ts'

type Container = NonNullable<Run['container']>

/** How one command is started in a container: lines that prepare it, what goes before srun, what srun is told, and what is run. */
export interface ContainerCommand {
  readonly before: readonly string[]
  readonly environment: readonly string[]
  readonly srunFlags: readonly string[]
  readonly words: readonly string[]
  readonly after: readonly string[]
}

const PLAIN: ContainerCommand = { before: [], environment: [], srunFlags: [], words: [], after: [] }

/** The command of a step in the container runtime of the target. */
export function renderContainer(run: Run, container: Container, target: RenderTarget): ContainerCommand {
  switch (target.containers) {
    case 'podman':
      return podman(run, container)
    case 'apptainer':
      return apptainer(run, container)
    case 'enroot':
      return target.scheduler === 'slurm' ? pyxis(run, container) : enroot(run, container)
    case 'none':
      return { ...PLAIN, words: ['/bin/sh', '-c', quoteForBash('echo "grid: no containers here" >&2; exit 125')] }
  }
}

/** What the runtime starts inside, with the shell that it is given as entry point. */
function inside({ shell, command }: Run): readonly string[] {
  if (command === '') return []
  if (shell === 'ENTRYPOINT') return splitWords(command).map(quoteForBash)
  return [shell, '-c', quoteForBash(command)]
}

function usesEntrypoint({ shell, command }: Run): boolean {
  return shell === 'ENTRYPOINT' || command === ''
}

/** Where a command starts, as its container sees it. */
function workDirectory({ workDir }: Run): string {
  if (workDir === undefined) return '/deepsquare'
  return workDir.startsWith('/') ? workDir : `/deepsquare/${workDir}`
}

function podman(run: Run, container: Container): ContainerCommand {
  const { mounts, mountHome, x11, readOnlyRootFS, image, registry } = container
  const flags = [
    '--rm',
    '--pull=missing',
    `--network=${run.network ?? 'host'}`,
    ...run.dns.map((address) => `--dns=${address}`),
    `--workdir=${word(workDirectory(run))}`,
    ...mounts.map(({ hostDir, containerDir, options }) => `--volume=${word(`${hostDir}:${containerDir}:${options}`)}`),
    ...(mountHome ? ['"--volume=$HOME:$HOME"', '"--env=HOME=$HOME"'] : []),
    ...(x11 ? ['--volume=/tmp/.X11-unix:/tmp/.X11-unix', '--env=DISPLAY'] : []),
    ...(readOnlyRootFS ? ['--read-only'] : []),
    ...(run.mpi === undefined ? [] : ["'--env=PMI*'"]),
    "'--env=SLURM*'",
    ...((run.resources?.gpusPerTask ?? 0) > 0 ? ['--device=nvidia.com/gpu=all'] : []),
    ...(usesEntrypoint(run) ? [] : [`--entrypoint=${run.shell}`]),
  ]
  const { mapUid, mapGid } = run
  const user =
    mapUid === undefined && mapGid === undefined ? [] : [`podman_user ${mapUid ?? 0} ${mapGid ?? mapUid ?? 0}`]
  const source = image.startsWith('/') ? `"docker-archive:$STORAGE_PATH"${word(image)}` : word(`${registry}/${image}`)
  const [, ...behind] = usesEntrypoint(run) ? ['', ...inside(run)] : inside(run)
  return {
    ...PLAIN,
    before: ['podman_flags', ...user, ...podmanLogin(container)],
    words: ['podman', 'run', ...flags, '"${flags[@]}"', source, ...behind],
    after: hasLogin(container) ? ['rm -f -- "$credentials"'] : [],
  }
}

function hasLogin({ username, password }: Container): boolean {
  return username !== undefined && password !== undefined
}

/** A file that Podman alone reads: nobody sees the password among its arguments. */
function podmanLogin({ username, password, registry }: Container): readonly string[] {
  if (username === undefined || password === undefined) return []
  return [
    'local credentials password',
    setCredential('password', password),
    'credentials=$(mktemp "$STORAGE_PATH/.deepsquare/login.XXXXXX")',
    `password=$(printf '%s' ${word(`${username}:`)}"$password" | base64 --wrap=0)`,
    `printf '{"auths":{"%s":{"auth":"%s"}}}' ${word(registry)} "$password" >"$credentials"`,
    'flags+=(--authfile "$credentials")',
  ]
}

function apptainer(run: Run, container: Container): ContainerCommand {
  const { mounts, mountHome, x11, image, registry, deepsquareHosted, username, password } = container
  const flags = [
    `--pwd=${word(workDirectory(run))}`,
    ...mounts.map(({ hostDir, containerDir, options }) => `--bind=${word(`${hostDir}:${containerDir}:${options}`)}`),
    ...(mountHome ? [] : ['--no-home']),
    ...(x11 ? ['--bind=/tmp/.X11-unix'] : []),
    ...((run.resources?.gpusPerTask ?? 0) > 0 ? ['--nv'] : []),
    ...(run.mapUid === 0 ? ['--fakeroot'] : []),
  ]
  const pulled = word(`docker://${registry}/${image}`)
  const stored = `"\${DEEPSQUARE_IMAGES:-}"/${word(`${registry}/${image}`)}`
  const source = image.startsWith('/') ? `"$STORAGE_PATH"${word(image)}` : pulled
  const login = [
    ...(username === undefined ? [] : [`environ+=(APPTAINER_DOCKER_USERNAME=${word(username)})`]),
    ...(password === undefined
      ? []
      : ['local password', setCredential('password', password), 'export APPTAINER_DOCKER_PASSWORD=$password']),
  ]
  return {
    ...PLAIN,
    before: [
      'apptainer_flags',
      ...login,
      ...(deepsquareHosted
        ? [`local image=${pulled}`, `if [[ -n \${DEEPSQUARE_IMAGES:-} && -e ${stored} ]]; then image=${stored}; fi`]
        : []),
    ],
    words: [
      '/usr/bin/env',
      '"${environ[@]}"',
      'apptainer',
      usesEntrypoint(run) ? 'run' : 'exec',
      ...flags,
      '"${flags[@]}"',
      deepsquareHosted ? '"$image"' : source,
      ...inside(run),
    ],
    after: password === undefined ? [] : ['unset APPTAINER_DOCKER_PASSWORD'],
  }
}

/** Enroot's own names: user@registry#image. */
function enrootSource({ image, registry, username }: Container): string {
  if (image.startsWith('/')) return `"$STORAGE_PATH"${word(image)}`
  return word(`${username === undefined ? '' : `${username}@`}${registry}#${image}`)
}

/** Enroot reads passwords from a netrc file in its configuration. */
function enrootLogin({ username, password, registry }: Container): readonly string[] {
  if (username === undefined || password === undefined) return []
  return [
    'local password',
    setCredential('password', password),
    'export ENROOT_CONFIG_PATH=$STORAGE_PATH/.deepsquare/enroot',
    'mkdir -p -- "$ENROOT_CONFIG_PATH"',
    `printf 'machine %s login %s password %s\\n' ${word(registry)} ${word(username)} "$password" >"$ENROOT_CONFIG_PATH/.credentials"`,
  ]
}

function enrootLogout(container: Container): readonly string[] {
  return hasLogin(container) ? ['rm -f -- "$ENROOT_CONFIG_PATH/.credentials"', 'unset ENROOT_CONFIG_PATH'] : []
}

function pyxis(run: Run, container: Container): ContainerCommand {
  const { mounts, mountHome, x11, readOnlyRootFS } = container
  const own = [
    ...mounts.map(({ hostDir, containerDir, options }) => `${hostDir}:${containerDir}:${options}`),
    ...(x11 ? ['/tmp/.X11-unix:/tmp/.X11-unix'] : []),
  ]
  return {
    before: [`pyxis_flags ${quoteForBash(own.join(','))}`, ...enrootLogin(container)],
    environment: ['/usr/bin/env', '"${environ[@]}"'],
    srunFlags: [
      `--container-image=${enrootSource(container)}`,
      `--container-workdir=${word(workDirectory(run))}`,
      mountHome ? '--container-mount-home' : '--no-container-mount-home',
      readOnlyRootFS ? '--container-readonly' : '--container-writable',
      run.mapUid === 0 ? '--container-remap-root' : '--no-container-remap-root',
      ...(usesEntrypoint(run) ? ['--container-entrypoint'] : []),
      '"${flags[@]}"',
    ],
    words: inside(run),
    after: enrootLogout(container),
  }
}

function enroot(run: Run, container: Container): ContainerCommand {
  const { mounts, mountHome, x11, readOnlyRootFS, image } = container
  const isFile = image.startsWith('/')
  const flags = [
    ...(readOnlyRootFS ? [] : ['--rw']),
    ...(run.mapUid === 0 ? ['--root'] : []),
    ...mounts.map(({ hostDir, containerDir, options }) => `--mount=${word(`${hostDir}:${containerDir}:${options}`)}`),
    ...(mountHome ? ['"--mount=$HOME:$HOME"'] : []),
    ...(x11 ? ['--mount=/tmp/.X11-unix:/tmp/.X11-unix'] : []),
  ]
  const words = usesEntrypoint(run)
    ? inside(run)
    : ['/bin/sh', '-c', `'cd -- "$0" && exec "$@"'`, word(workDirectory(run)), ...inside(run)]
  return {
    ...PLAIN,
    before: [
      'enroot_flags',
      ...enrootLogin(container),
      ...(isFile
        ? []
        : [
            'local image',
            'image=$(mktemp -u "$STORAGE_PATH/.deepsquare/image.XXXXXX.sqsh")',
            `run . enroot import --output "$image" docker://${enrootSource(container)} || return`,
          ]),
    ],
    words: ['enroot', 'start', ...flags, '"${flags[@]}"', isFile ? enrootSource(container) : '"$image"', ...words],
    after: [...enrootLogout(container), ...(isFile ? [] : ['rm -f -- "$image"'])],
  }
}
