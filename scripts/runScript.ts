import type { Command } from 'commander'
import { sentenceOf } from './operatorError.ts'

/** Runs a command line; an error ends it with one sentence and exit code 1. */
export async function runScript(program: Command): Promise<void> {
  try {
    await program.parseAsync()
  } catch (error) {
    console.error(sentenceOf(error))
    process.exitCode = 1
  }
}
