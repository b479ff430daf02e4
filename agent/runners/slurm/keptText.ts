import { StringDecoder } from 'node:string_decoder'

/** Output as the gateway takes it: valid UTF-8, with a last line where something is left out. */
export function keptText(kept: Uint8Array, omittedBytes: number): string {
  const decoder = new StringDecoder('utf8')
  const text = decoder.write(kept)
  if (omittedBytes === 0) return text + decoder.end()
  return `${text}\n[output truncated: ${kept.length} of ${kept.length + omittedBytes} bytes kept]\n`
}

/** Room that the last line takes. */
export const MARKER_BYTES = 96
