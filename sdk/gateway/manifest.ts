import { canonicalJson } from '../domain/canonicalJson.ts'
import type { Hex } from '../domain/job.ts'

/** A file that a job left as its result. */
export interface ResultFile {
  /** Relative, with slashes, as the job named it. */
  readonly path: string
  readonly bytes: number
  /** SHA-256 of the content. */
  readonly hash: Hex
}

/** What an execution printed and made. The keccak256 of its text is the result in the provider's signed report. */
export interface ResultManifest {
  readonly version: 1
  readonly job: Hex
  readonly attempt: number
  readonly log: {
    readonly chunks: number
    readonly lines: number
    readonly bytes: number
    /** Hash of the last chunk: it stands for the whole log. */
    readonly head: Hex
  }
  readonly files: readonly ResultFile[]
}

/** The one text of a manifest. */
export function manifestText(manifest: ResultManifest): string {
  return canonicalJson(manifest)
}

/** Reads the text of a manifest; undefined where it is none. */
export function readManifest(text: string): ResultManifest | undefined {
  try {
    const manifest = JSON.parse(text) as ResultManifest
    return isManifest(manifest) && manifestText(manifest) === text ? manifest : undefined
  } catch {
    return undefined
  }
}

const isHash = (value: unknown): boolean => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value)
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0

function isManifest({ version, job, attempt, log, files }: ResultManifest): boolean {
  const isLog = [log.chunks, log.lines, log.bytes].every(isCount) && isHash(log.head)
  const areFiles = files.every(({ path, bytes, hash }) => isSafePath(path) && isCount(bytes) && isHash(hash))
  return version === 1 && isHash(job) && isCount(attempt) && isLog && areFiles
}

/** Whether a path stays where it is put: relative, no step up, no backslash, no control character, none that looks like another. */
export function isSafePath(path: unknown): boolean {
  if (typeof path !== 'string' || path === '' || path.length > 1024 || path !== path.normalize('NFC')) return false
  // Control characters, and those that turn the direction of what is read or show nothing.
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\\:]/u.test(path)) return false
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}
