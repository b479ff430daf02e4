import type { BatchRecord } from './slurmStates.ts'

/**
 * Reads the end record of a batch script. undefined where it is not whole, or does not carry the token: what another run or another job
 * wrote tells nothing.
 */
export function batchRecord(text: string, token: string): BatchRecord | undefined {
  const lines = new Map(
    text.split('\n').map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)]),
  )
  const [reason, seconds] = [lines.get('reason'), lines.get('seconds')]
  if (lines.get('token') !== token || !/^\d{1,10}$/.test(seconds ?? '')) return undefined
  if (reason !== 'exited' && reason !== 'time-limit') return undefined
  return { reason, secondsUsed: Number(seconds) }
}
