import { batchRecord } from './batchRecord.ts'
import type { Intent } from './memory.ts'
import { type Answer, type Site, SlurmUnanswered } from './site.ts'
import type { BatchRecord } from './slurmStates.ts'

/** What an execution left in its folder. */
export interface Remains {
  readonly record: BatchRecord | undefined
  readonly output: Buffer
  readonly omittedBytes: number
}

const BASE_MISSING = 9

// Every answer tells apart a folder that is not there from a storage that is not there: of the latter nothing follows.
const READ = `[ -d "$1" ] || exit ${BASE_MISSING}
cd -- "$2" 2>/dev/null || { printf '\\0\\0'; exit 0; }
cat end 2>/dev/null; printf '\\0'; cat omitted 2>/dev/null; printf '\\0'; head -c "$3" output 2>/dev/null; exit 0`

const LOCK = `[ -d "$1" ] || exit ${BASE_MISSING}
mkdir -m 700 -- "$2" 2>/dev/null && exit 0
[ -d "$2" ] && exit 1
exit ${BASE_MISSING}`

const EXISTS = `[ -d "$1" ] || exit ${BASE_MISSING}
[ -d "$2" ]`

const PART = `[ -d "$1" ] || exit ${BASE_MISSING}
tail -c "+$3" -- "$2/output" 2>/dev/null | head -c "$4"`

const LIMIT = `umask 077; printf '%s\\n' "$2" >"$1.limit.tmp" && mv -f -- "$1.limit.tmp" "$1.limit"`

/** The folders of executions on the storage that agent, login node and compute nodes share; each belongs to the user of its job. */
export class SharedFolder {
  readonly #site: Site
  readonly #base: string

  constructor(site: Site, base: string) {
    this.#site = site
    this.#base = base
  }

  /** The token in the name keeps others from making the folder first. */
  of({ name, token }: Pick<Intent, 'name' | 'token'>): string {
    return `${this.#base}/${name}.${token}`
  }

  async remains(intent: Intent, limitBytes: number): Promise<Remains> {
    const { stdout } = await this.#ask(intent, READ, [this.of(intent), String(limitBytes)], [0])
    const first = stdout.indexOf(0)
    const second = stdout.indexOf(0, first + 1)
    const omitted = Number(
      stdout
        .subarray(first + 1, second)
        .toString()
        .trim(),
    )
    return {
      record: batchRecord(stdout.subarray(0, first).toString(), intent.token),
      output: stdout.subarray(second + 1),
      omittedBytes: Number.isSafeInteger(omitted) ? Math.max(0, omitted) : 0,
    }
  }

  /** Bytes of the output so far. */
  async output(intent: Intent, fromByte: number, maxBytes: number): Promise<Buffer> {
    const words = [this.of(intent), String(fromByte + 1), String(maxBytes)]
    return (await this.#ask(intent, PART, words, [0])).stdout
  }

  /** Keeps the script from ever starting: false where it has started. */
  async prevent(intent: Intent): Promise<boolean> {
    return (await this.#ask(intent, LOCK, [this.of(intent)], [0, 1])).code === 0
  }

  async hasStarted(intent: Intent): Promise<boolean> {
    return (await this.#ask(intent, EXISTS, [this.of(intent)], [0, 1])).code === 0
  }

  /** The batch script reads the limit again when the former one is reached. */
  async setLimit(intent: Intent, seconds: number): Promise<void> {
    await this.#site.run(intent.user, ['bash', '-c', LIMIT, 'limit', this.of(intent), String(seconds)])
  }

  async remove(intent: Intent): Promise<void> {
    const folder = this.of(intent)
    await this.#site.run(intent.user, ['rm', '-rf', '--', folder, `${folder}.limit`])
  }

  async #ask(intent: Intent, script: string, words: readonly string[], codes: readonly number[]): Promise<Answer> {
    const answer = await this.#site.attempt(intent.user, ['bash', '-c', script, 'shared', this.#base, ...words])
    if (answer.code === null || !codes.includes(answer.code)) throw new SlurmUnanswered(`reading ${this.#base}`, answer)
    return answer
  }
}
