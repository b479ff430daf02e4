import { inspect } from 'node:util'
import { CommanderError, type Command as Program } from 'commander'
import { CliError, usageError } from './cliError.ts'
import { COMMANDS, GROUPS } from './commandTable.ts'
import { EXIT } from './exitCodes.ts'
import { explainError } from './explainError.ts'
import { openContext } from './openContext.ts'
import { Output } from './output/output.ts'
import { type Chosen, programOf } from './program.ts'
import { readSettings } from './settings.ts'
import type { Surroundings } from './terminal.ts'
import { VERSION } from './version.ts'

/** Carries a command line out. Never throws; returns what the process should end with. */
export async function runCli(argv: readonly string[], around: Surroundings): Promise<number> {
  const out = new Output(around, argv.includes('--json'))
  try {
    const chosen = parse(argv, around)
    if (chosen === undefined) return EXIT.done
    const run = await chosen.command.load()
    const settings = readSettings(chosen.input.options, around.env)
    return (await run(openContext(settings, around, out), chosen.input)) ?? EXIT.done
  } catch (error) {
    if (around.signal.aborted && error === around.signal.reason) {
      out.progress('')
      return EXIT.interrupted
    }
    const told = explainError(error)
    out.error(told, argv.includes('--debug') ? inspect(error, { depth: 4 }) : undefined)
    return told.exitCode
  }
}

/** The command that is meant; undefined where help or the version was asked for, and told. */
function parse(argv: readonly string[], around: Surroundings): Chosen | undefined {
  let chosen: Chosen | undefined
  const program = programOf(COMMANDS, GROUPS, VERSION, (choice) => {
    chosen = choice
  })
  prepare(program, around)
  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return undefined
    if (error.code === 'commander.help')
      throw new CliError('COMMAND_MISSING', 'No command is given. See the list above.', EXIT.usage)
    const [sentence = '', ...hints] = error.message.replace(/^error: |\.$/g, '').split('\n')
    const hint = hints.join(' ').replaceAll(/[()]/g, '').trim()
    const next = hint === '' ? 'See --help.' : hint
    throw usageError('COMMAND_LINE_INVALID', `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}. ${next}`)
  }
  return chosen
}

// Every command of the tree: what is set on the root does not reach those that exist already.
function prepare(program: Program, around: Surroundings): void {
  program.exitOverride().configureOutput({
    writeOut: (text) => void around.stdout.write(text),
    writeErr: (text) => void around.stderr.write(text),
    outputError: () => undefined,
    getOutHelpWidth: () => around.stdout.columns ?? 100,
    getErrHelpWidth: () => around.stderr.columns ?? 100,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  })
  for (const command of program.commands) prepare(command, around)
}
