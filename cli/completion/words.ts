import type { Command, Group } from '../command.ts'
import { COMMON_OPTIONS } from '../program.ts'

/** What can follow the words of a command that are there already. */
export interface Words {
  /** Such as ``, `job` or `job get`. */
  readonly path: string
  readonly commands: readonly { readonly word: string; readonly about: string }[]
  readonly options: readonly { readonly word: string; readonly about: string }[]
}

/** Everything that completions offer, from the table of commands. */
export function wordsOf(commands: readonly Command[], groups: readonly Group[]): readonly Words[] {
  const common = COMMON_OPTIONS.map(({ flags, about }) => ({ word: longFlag(flags), about }))
  const inGroup = (group: string) =>
    commands
      .filter(({ name }) => name.startsWith(`${group} `))
      .map(({ name, about }) => ({ word: name.slice(group.length + 1), about }))
  const top = commands.filter(({ name }) => !name.includes(' ')).map(({ name, about }) => ({ word: name, about }))
  const heads = groups.map(({ name, about }) => ({ word: name, about }))
  return [
    { path: '', commands: [...top, ...heads], options: common },
    ...groups.map(({ name }) => ({ path: name, commands: inGroup(name), options: common })),
    ...commands.map(({ name, options = [] }) => ({
      path: name,
      commands: [],
      options: [...options.map(({ flags, about }) => ({ word: longFlag(flags), about })), ...common],
    })),
  ]
}

function longFlag(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags
}
