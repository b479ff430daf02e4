import { quoteForBash } from '../quoteForBash.ts'
import type { Credential, EnvVariable } from '../schema.ts'

/** A name and its value as one word for `env`. */
export function assignment({ key, value }: EnvVariable): string {
  return quoteForBash(`${key}=${value}`)
}

/** A word that bash leaves as it is needs no quotes. */
export function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : quoteForBash(text)
}

/** Sets a variable of the script to a credential, without its ever being an argument of a process. */
export function setCredential(name: string, credential: Credential): string {
  return typeof credential === 'string'
    ? `${name}=${quoteForBash(credential)}`
    : `${name}=$(secret ${credential.fromSecret}) || return 1`
}

/** Splits the words of a command as a shell would, but expands nothing. */
export function splitWords(text: string): readonly string[] {
  const words = text.matchAll(/(?:'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\[\s\S]|[^\s'"\\]|['"\\])+/g)
  return [...words].map(([one]) =>
    one.replaceAll(/'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])/g, (_, single, double, escaped) =>
      String(single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped),
    ),
  )
}
