import type { Output } from './output.ts'
import { plainLog } from './plainText.ts'

/** Writes what a job prints: whole lines, so that nothing else gets between, and tame where a terminal shows them. */
export function writeLog(out: Output): { write(text: string): void; end(): void } {
  let rest = ''
  const show = (text: string): void => {
    if (text !== '') out.event({ event: 'log', text }, () => out.raw(out.isTerminal ? plainLog(text) : text))
  }
  return {
    write(text) {
      const all = rest + text
      const end = all.lastIndexOf('\n') + 1
      show(all.slice(0, end))
      rest = all.slice(end)
    },
    end() {
      if (rest !== '') show(out.isTerminal ? `${rest}\n` : rest)
      rest = ''
    },
  }
}
