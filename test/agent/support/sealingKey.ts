import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyFileText, newSealingKey } from '../../../sdk/gateway/sealing.ts'

/** The encryption key of the agents of a test run. */
export const SEALING_KEY = await newSealingKey()

const directory = mkdtempSync(join(tmpdir(), 'grid-agent-key-'))

/** The file that holds it. */
export const SEALING_KEY_FILE = join(directory, 'encryption.key')

writeFileSync(SEALING_KEY_FILE, keyFileText(SEALING_KEY), { mode: 0o600 })
process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
