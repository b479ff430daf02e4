/**
 * One word of bash that stands for exactly this text, whatever it holds. The text must have no zero byte: no process can be
 * given one.
 */
export function quoteForBash(text: string): string {
  // Control characters are written as escapes, so that nothing in a script is invisible or ends its line for an editor.
  return (
    text
      .split(/([[\p{Cc}\p{Cf}]--[\n\t]]+)/v)
      .map((part, index) => (index % 2 === 0 ? singleQuoted(part) : escaped(part)))
      .join('') || "''"
  )
}

function singleQuoted(text: string): string {
  return text === '' ? '' : `'${text.replaceAll("'", `'\\''`)}'`
}

function escaped(text: string): string {
  const bytes = [...new TextEncoder().encode(text)]
  // Three octal digits, always: a digit that follows is never taken for a part of the escape.
  return `$'${bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}'`
}
