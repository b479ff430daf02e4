import { randomUUID } from 'node:crypto'
import { link, open, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { keyFileText, newSealingKey, type SealingKey, sealingKeyIn } from '../sdk/gateway/sealing.ts'
import { SettingInvalid } from './settings.ts'

const FILE = 'sealing.key'

/**
 * The key that customers seal to, from the identity file of age that the setting names; without the setting from the gateway's own
 * directory, where one is made once. Throws SettingInvalid.
 */
export async function loadSealingKey(file: string | undefined, directory: string): Promise<SealingKey> {
  const path = file ?? join(directory, FILE)
  if (file === undefined) await createFile(path, keyFileText(await newSealingKey()))
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new SettingInvalid('SEALING_KEY_FILE', `names a file that cannot be read (${cause.code})`)
  })
  try {
    return await sealingKeyIn(text)
  } catch {
    // What went wrong inside may quote the file.
    throw new SettingInvalid('SEALING_KEY_FILE', 'names a file that holds no X25519 identity of age')
  }
}

/** Creates a file with its whole content, once: of several processes the first counts. */
async function createFile(path: string, text: string): Promise<void> {
  const draft = join(dirname(path), `.${randomUUID()}.tmp`)
  await using file = await open(draft, 'wx', 0o600)
  await file.writeFile(text)
  await file.sync()
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(draft)
}
