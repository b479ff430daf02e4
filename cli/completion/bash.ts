import type { Words } from './words.ts'

/** Completion for bash. */
export function bashCompletion(words: readonly Words[]): string {
  const cases = words.map(({ path, commands, options }) => {
    const all = [...commands, ...options].map(({ word }) => word).join(' ')
    return `    '${path}') words='${all}' ;;`
  })
  return `# bash completion for dps: source <(dps completion bash)
_dps() {
  local current=\${COMP_WORDS[COMP_CWORD]} path='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
${pathCases(words)}
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  if [[ $current == -* || -z $path || $words == [a-z]* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _dps dps
`
}

/** The cases that turn words into the path of a command, for shells of the Bourne family. */
export function pathCases(words: readonly Words[]): string {
  const paths = words.map(({ path }) => path).filter((path) => path !== '')
  return paths
    .map((path) => {
      const before = path.split(' ').slice(0, -1).join(' ')
      return `      '${before} ${path.split(' ').at(-1)}') path='${path}' ;;`
    })
    .join('\n')
}
