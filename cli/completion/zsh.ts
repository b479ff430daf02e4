import { pathCases } from './bash.ts'
import type { Words } from './words.ts'

/** Completion for zsh. */
export function zshCompletion(words: readonly Words[]): string {
  const described = ({ word, about }: { word: string; about: string }) => `'${word}:${about.replaceAll("'", '’')}'`
  const cases = words.map(
    ({ path, commands, options }) =>
      `    '${path}') commands=(${commands.map(described).join(' ')}) options=(${options.map(described).join(' ')}) ;;`,
  )
  return `#compdef dps
# zsh completion for dps: source <(dps completion zsh)
_dps() {
  local dps_path='' word
  local -a commands options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$dps_path $word" in
${pathCases(words).replaceAll(' path=', ' dps_path=')}
    esac
  done
  case "$dps_path" in
${cases.join('\n')}
  esac
  (( \${#commands} )) && _describe 'command' commands
  if [[ $PREFIX == -* ]]; then _describe 'option' options; elif (( ! \${#commands} )); then _files; fi
}
compdef _dps dps
`
}
