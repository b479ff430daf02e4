import type { BatchRecord } from './slurmStates.ts'

const RECORD = /^token (\w+)\nreason ([a-z-]+)\nseconds (\d{1,10})\ncode (\d{1,3})\n$/

/**
 * Reads the end record of a batch script. undefined where it is not whole, or does not carry the token: what another run or another job
 * wrote tells nothing.
 */
export function batchRecord(text: string, token: string): BatchRecord | undefined {
  const [, signed, reason, seconds, exitCode] = RECORD.exec(text) ?? []
  if (signed !== token || (reason !== 'exited' && reason !== 'time-limit')) return undefined
  return { reason, secondsUsed: Number(seconds), exitCode: Number(exitCode) }
}
