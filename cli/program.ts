import { Command as Program } from 'commander'
import type { Command, Group, Input } from './command.ts'
import { SETTING_NAMES, SETTINGS, variableOf } from './settings.ts'

/** A command that a command line chose. */
export interface Chosen {
  readonly command: Command
  readonly input: Input
}

/** Options that stand with every command. */
export const COMMON_OPTIONS = [
  ...SETTING_NAMES.map((name) => ({
    flags: `--${name} <${SETTINGS[name].value}>`,
    about: `${SETTINGS[name].about} (${variableOf(name)})`,
  })),
  { flags: '--json', about: 'JSON for programs; what comes over time is one object a line' },
  { flags: '--debug', about: 'the stack of an error too' },
] as const

/** The program of a table of commands: what it chose is told to `choose`. */
export function programOf(
  commands: readonly Command[],
  groups: readonly Group[],
  version: string,
  choose: (chosen: Chosen) => void,
): Program {
  const program = new Program('dps')
  program.description('The DeepSquare Grid from a terminal: run jobs, follow them, pay for what they used.')
  program.version(version, '-V, --version').showSuggestionAfterError(true)
  for (const { flags, about } of COMMON_OPTIONS) program.option(flags, about)
  const parents = new Map(groups.map(({ name, about }) => [name, program.command(name).description(about)]))
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ')
    const parent = second === undefined ? program : parents.get(first)
    if (parent === undefined) throw new Error(`no group is called ${first}`)
    addCommand(parent, second ?? first, command, choose)
  }
  return program
}

function addCommand(parent: Program, word: string, command: Command, choose: (chosen: Chosen) => void): void {
  const added = parent.command(word).description(command.about)
  for (const { name, about, isOptional, isMany } of command.arguments ?? []) {
    const inner = isMany === true ? `${name}...` : name
    added.argument(isOptional === true ? `[${inner}]` : `<${inner}>`, about)
  }
  for (const { flags, about } of command.options ?? []) added.option(flags, about)
  const examples = command.examples.map(([line, what]) => `  dps ${line}\n      ${what}`)
  added.addHelpText('after', `\nExamples:\n${examples.join('\n')}\n\nOptions of every command: see \`dps --help\`.`)
  added.action(() => {
    choose({ command, input: { args: added.args, options: added.optsWithGlobals() } })
  })
}
