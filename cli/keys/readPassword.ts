import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { walletError } from '../cliError.ts'
import type { Surroundings } from '../terminal.ts'

/** Asks for a password on the terminal without showing it. Throws a CliError where there is no terminal to ask on. */
export async function readPassword({ stdin, stderr, signal }: Surroundings, question: string): Promise<string> {
  if (stdin.isTTY !== true || stderr.isTTY !== true) {
    throw walletError('PASSWORD_MISSING', 'There is no terminal to ask for the password on. Set `password-file`.')
  }
  stderr.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: stdin, output: nowhere, terminal: true })
  try {
    return await reader.question('', { signal })
  } finally {
    reader.close()
    stderr.write('\n')
  }
}
