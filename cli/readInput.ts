import { readFileSync } from 'node:fs'
import { notFound } from './cliError.ts'
import type { Surroundings } from './terminal.ts'

/** The text of a file; of stdin where its name is `-`. Throws a CliError. */
export async function readInput(path: string, { stdin }: Surroundings): Promise<string> {
  if (path !== '-') return readFile(path)
  let text = ''
  stdin.setEncoding('utf8')
  for await (const chunk of stdin) text += chunk
  return text
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw notFound('FILE_MISSING', `${path} cannot be read. Check the path, or write a workflow with \`dps init\`.`)
  }
}
