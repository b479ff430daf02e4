import type { Words } from './words.ts'

/** Completion for fish. */
export function fishCompletion(words: readonly Words[]): string {
  const lines = words.flatMap(({ path, commands, options }) => [
    ...commands.map(({ word, about }) => `complete -c dps -n '__dps_at "${path}"' -f -a ${word} -d ${quoted(about)}`),
    ...options.map(
      ({ word, about }) => `complete -c dps -n '__dps_at "${path}"' -l ${word.slice(2)} -d ${quoted(about)}`,
    ),
  ])
  const heads = words.filter(({ path, commands }) => path !== '' && commands.length > 0).map(({ path }) => path)
  return `# fish completion for dps: dps completion fish | source
function __dps_at
  set -l words (commandline -opc)
  set -l path
  for word in $words[2..-1]
    string match -q -- '-*' $word; and continue
    set -l known (count $path)
    if test $known -eq 0; or begin; test $known -eq 1; and contains -- $path[1] ${heads.join(' ')}; end
      set -a path $word
    end
  end
  test "$path" = "$argv[1]"
end
${lines.join('\n')}
`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`
}
