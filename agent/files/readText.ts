import { readFileSync } from 'node:fs'

/** The text of a file; undefined where there is none. Any other failure is thrown: it does not mean that the file is absent. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
