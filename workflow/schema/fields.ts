import { z } from 'zod'

// The message of every check says what is allowed there; parseWorkflow puts before it what was found.

/** Largest sizes inside a workflow: texts in bytes of UTF-8, lists in items. */
export const WORKFLOW_LIMITS = {
  // Linux takes 131,072 bytes with the final zero as one argument.
  command: 100_000,
  condition: 10_000,
  envValue: 32_768,
  envKey: 256,
  path: 4_096,
  url: 4_096,
  credential: 4_096,
  stepName: 128,
  handleName: 64,
  image: 512,
  description: 4_096,
  env: 1_000,
  steps: 1_000,
  items: 10_000,
  parallel: 1_000,
  array: 10_000,
  list: 100,
} as const

/** Bytes of a text in UTF-8. */
export const bytesOf = (text: string): number => new TextEncoder().encode(text).length
const isText = (text: string): boolean => text.isWellFormed() && !text.includes('\0')
export const isOneLine = (text: string): boolean => isText(text) && !/\p{Cc}/u.test(text)
/** One line in which nothing is invisible or turns the direction of what follows: what is shown is what is meant. */
export const isPlainLine = (text: string): boolean => isOneLine(text) && !/[\p{Cf}\p{Zl}\p{Zp}]/u.test(text)

export function whole([least, most]: readonly [least: number, most: number], unit = '') {
  const error = `a whole number from ${least} to ${most}${unit}`
  return z.number(error).int(error).min(least, error).max(most, error)
}

export function text(most: number, kind = 'text', isRight: (text: string) => boolean = isText) {
  const error = `${kind} of at most ${most} bytes${isRight === isText ? ' of valid UTF-8 without a zero byte' : ''}`
  return z.string(error).refine((value) => isRight(value) && bytesOf(value) <= most, error)
}

/** A text that a pattern describes, in words and as the pattern itself for editors. */
export function pattern(most: number, kind: string, expression: RegExp) {
  const error = `${kind} of at most ${most} bytes`
  return z.string(error).regex(expression, error).max(most, error)
}

export function list<Item extends z.ZodType>(item: Item, least: number, most: number, items: string) {
  const error = `a list of ${least} to ${most} ${items}`
  return z.array(item, error).min(least, error).max(most, error)
}

export function fields<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, `a map with ${Object.keys(shape).join(', ')}`)
}

export function choice<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, `one of ${words.join(', ')}`)
}

export const flag = () => z.boolean('true or false')

const SECRET = /^[A-Za-z_][A-Za-z0-9_]*$/
export const secretName = pattern(64, 'a name of letters, digits and _ that starts with no digit,', SECRET)

/** A credential: the name of a secret, or (as DeepSquare's files have it) the text itself. */
export function credential(isRight: (text: string) => boolean = isOneLine) {
  const own = text(WORKFLOW_LIMITS.credential, 'text in one line', isRight)
  return z.union([own, fields({ fromSecret: secretName })], {
    error: `text in one line of at most ${WORKFLOW_LIMITS.credential} bytes, or a map with fromSecret`,
  })
}

/** An address for curl; nothing in it ends a line or a quoted word of its configuration. */
export const isHttpUrl = (value: string): boolean =>
  /^https?:\/\/[^\s"'\\<>^`{|}]+$/.test(value) && isPlainLine(value) && URL.canParse(value)

export const httpUrl = text(WORKFLOW_LIMITS.url, 'an http:// or https:// address', isHttpUrl)

/** A path that never leads up and out. */
export const isTame = (path: string): boolean => path !== '' && isOneLine(path) && !path.split('/').includes('..')
