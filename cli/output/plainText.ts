import { stripVTControlCharacters } from 'node:util'

/** A text of somebody else on one line of a terminal: nothing in it can move the cursor, change the title or hide text. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, '\u{FFFD}')
}

/** What a program printed, for a terminal: its lines and tabs, and nothing that acts on the terminal. */
export function plainLog(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll('\r\n', '\n')
    .replaceAll(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu, '\u{FFFD}')
}
