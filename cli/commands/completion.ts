import { usageError } from '../cliError.ts'
import type { Run } from '../command.ts'
import { COMMANDS, GROUPS } from '../commandTable.ts'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { wordsOf } from '../completion/words.ts'
import { zshCompletion } from '../completion/zsh.ts'

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

/** The script that completes `dps` in a shell. */
export const completion: Run = async ({ out }, { args }) => {
  const shell = args[0] ?? ''
  if (shell !== 'bash' && shell !== 'zsh' && shell !== 'fish') {
    throw usageError('SHELL_UNKNOWN', `${shell} is no shell that is known. Choose bash, zsh or fish.`)
  }
  out.raw(SCRIPTS[shell](wordsOf(COMMANDS, GROUPS)))
  return undefined
}
