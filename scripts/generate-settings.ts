import { readFileSync, writeFileSync } from 'node:fs'
import type { z } from 'zod'
import { settingsSchema } from '../oracle/settings.ts'

const README = 'oracle/README.md'
const [START, END] = ['<!-- settings -->', '<!-- /settings -->']

/** The table of a service's settings, made of its schema. */
export function settingsTable(schema: z.ZodObject): string {
  const rows = Object.entries(schema.shape).map(([name, field]) => {
    const { description = '' } = field as z.ZodType
    const result = (field as z.ZodType).safeParse(undefined)
    const byDefault = !result.success ? 'must be set' : result.data === undefined ? '' : `\`${String(result.data)}\``
    return `| \`${name}\` | ${description} | ${byDefault} |`
  })
  return ['| setting | what it says | default |', '| --- | --- | --- |', ...rows].join('\n')
}

/** A README with the table between its two marks. */
export function withSettings(readme: string): string {
  const [before = '', rest = ''] = readme.split(START)
  const [, after = ''] = rest.split(END)
  return `${before}${START}\n\n${settingsTable(settingsSchema)}\n\n${END}${after}`
}

if (process.argv[1]?.endsWith('generate-settings.ts')) writeFileSync(README, withSettings(readFileSync(README, 'utf8')))
