import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

const root = join(import.meta.dirname, '..')
/** Folders that are installed, built or not ours to read. */
const FOREIGN = new Set(['.git', '.grid', 'artifacts', 'cache', 'coverage', 'node_modules', 'web'])

/** The absolute path of a file of the repository. */
export function absolute(path: string): string {
  return join(root, path)
}

/** Every file of the repository whose name ends as `pattern` says, relative to its root; sorted. */
export function repositoryFiles(pattern: RegExp, folder = root): readonly string[] {
  const found = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return FOREIGN.has(entry.name) ? [] : repositoryFiles(pattern, path)
    return pattern.test(entry.name) ? [relative(root, path)] : []
  })
  return found.sort()
}
