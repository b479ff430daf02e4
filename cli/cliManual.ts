import type { Command, Option } from './command.ts'
import { COMMANDS, GROUPS } from './commandTable.ts'
import { EXIT, EXIT_MEANINGS, JOB_EXIT } from './exitCodes.ts'
import { COMMON_OPTIONS } from './program.ts'
import { SETTING_NAMES, SETTINGS, variableOf } from './settings.ts'

/** The manual of `dps` in Markdown, from the table of commands. */
export function cliManual(): string {
  const single = COMMANDS.filter(({ name }) => !name.includes(' '))
  const sections = GROUPS.map(({ name, about }) => {
    const inGroup = COMMANDS.filter((command) => command.name.startsWith(`${name} `))
    return `## ${name}\n\n${about}\n\n${inGroup.map(sectionOf).join('\n')}`
  })
  return `# dps

<!-- written by \`npm run generate\` from cli/commandTable.ts -->

The grid from a terminal. stdout is the answer (an id, a log, a table, JSON), stderr tells what goes on. An error is one sentence that says
what to do next. Colours and progress are for terminals alone; \`NO_COLOR\` turns colours off.

${single.map(sectionOf).join('\n')}
${sections.join('\n')}
## Options of every command

${optionTable(COMMON_OPTIONS)}

## Settings

A flag comes before the environment, the environment before the config file (\`dps config path\`). A key is never taken from the command line: it comes from the variable
\`DPS_PRIVATE_KEY\`, else from the \`signer\`, else from the \`keystore\`.

| setting | flag | variable | what it is |
| --- | --- | --- | --- |
${SETTING_NAMES.map((name) => `| \`${name}\` | \`--${name}\` | \`${variableOf(name)}\` | ${SETTINGS[name].about} |`).join('\n')}

## JSON

\`--json\` prints one JSON value; what comes over time (\`submit -w\`, \`job logs -f\`, \`job cancel\` of several) is one object a line. Amounts are decimal credits as text, exact; times are unix seconds.
An error is \`{ "error": { "code", "message", "exitCode" } }\` on stderr.

## Exit codes

| code | meaning |
| --- | --- |
${Object.entries(EXIT_MEANINGS)
  .map(([name, meaning]) => `| ${EXIT[name as keyof typeof EXIT]} | ${meaning} |`)
  .join('\n')}

With \`-e\` a job that FINISHED ends with 0, one that FAILED with its own exit code, OUT_OF_CREDITS with ${JOB_EXIT.OUT_OF_CREDITS}, PANICKED with ${JOB_EXIT.PANICKED}, CANCELLED with ${JOB_EXIT.CANCELLED}.
`
}

function sectionOf(command: Command): string {
  const { name, about, options = [], examples } = command
  const args = (command.arguments ?? []).map(({ name: argument, about: what }) => `- \`${argument}\`: ${what}`)
  const parts = [
    `### dps ${name}\n\n${about}\n\n\`\`\`\n${usageOf(command)}\n\`\`\``,
    args.join('\n'),
    options.length === 0 ? '' : optionTable(options),
    examples.map(([line, what]) => `    dps ${line}     # ${what}`).join('\n'),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function usageOf({ name, options = [], ...command }: Command): string {
  const args = (command.arguments ?? []).map(({ name: argument, isOptional, isMany }) => {
    const inner = isMany === true ? `${argument}...` : argument
    return isOptional === true ? `[${inner}]` : `<${inner}>`
  })
  return ['dps', name, ...args, ...(options.length === 0 ? [] : ['[options]'])].join(' ')
}

function optionTable(options: readonly Option[]): string {
  return `| option | what it does |\n| --- | --- |\n${options.map(({ flags, about }) => `| \`${flags}\` | ${about} |`).join('\n')}`
}
