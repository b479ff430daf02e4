import { readFileSync } from 'node:fs'

/** The ids of a user of this machine by name or number; undefined where it has no such user. */
export function jobUser(
  nameOrId: string,
  passwd = '/etc/passwd',
): { readonly uid: number; readonly gid: number } | undefined {
  const entries = readFileSync(passwd, 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const entry = entries.find(([name, , uid]) => name === nameOrId || uid === nameOrId)
  if (entry === undefined || nameOrId === '') return undefined
  return { uid: Number(entry[2]), gid: Number(entry[3]) }
}
