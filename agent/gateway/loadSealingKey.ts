import { join } from 'node:path'
import { keyFileText, newSealingKey, type SealingKey, sealingKeyIn } from '../../sdk/gateway/sealing.ts'
import { SettingInvalid } from '../errors.ts'
import { readText } from '../files/readText.ts'
import { createDurably } from '../files/writeDurably.ts'

const FILE = 'encryption.key'

/**
 * The key that definitions are sealed to, from the identity file of age that the setting names; without the setting from the state
 * directory, where one is made once. Throws SettingInvalid.
 */
export async function loadSealingKey(file: string | undefined, stateDirectory: string): Promise<SealingKey> {
  const path = file ?? join(stateDirectory, FILE)
  if (file === undefined && readText(path) === undefined) createDurably(path, keyFileText(await newSealingKey()))
  const text = readText(path)
  if (text === undefined) throw new SettingInvalid('ENCRYPTION_KEY_FILE', 'names a file that is not there')
  try {
    return await sealingKeyIn(text)
  } catch {
    // What went wrong inside may quote the file.
    throw new SettingInvalid('ENCRYPTION_KEY_FILE', 'names a file that holds no X25519 identity of age')
  }
}
