import { readFileSync } from 'node:fs'
import { Wallet } from 'ethers'
import { SettingInvalid } from './errors.ts'
import type { Settings } from './settings.ts'

/** The provider's hot key, from the setting or from an encrypted keystore file. Throws SettingInvalid. */
export async function loadSigner(settings: Settings): Promise<Wallet> {
  const { SIGNER_PRIVATE_KEY, SIGNER_KEYSTORE, SIGNER_KEYSTORE_PASSWORD_FILE } = settings
  if (SIGNER_PRIVATE_KEY !== undefined) return walletOf(SIGNER_PRIVATE_KEY)
  const keystore = contentOf('SIGNER_KEYSTORE', SIGNER_KEYSTORE)
  const password = contentOf('SIGNER_KEYSTORE_PASSWORD_FILE', SIGNER_KEYSTORE_PASSWORD_FILE).replace(/\r?\n$/, '')
  try {
    const wallet = await Wallet.fromEncryptedJson(keystore, password)
    return walletOf(wallet.privateKey)
  } catch {
    // What went wrong inside may quote the file.
    throw new SettingInvalid('SIGNER_KEYSTORE', 'is not a keystore that the password opens')
  }
}

function walletOf(privateKey: string): Wallet {
  try {
    return new Wallet(privateKey)
  } catch {
    throw new SettingInvalid('SIGNER_PRIVATE_KEY', 'is not a private key')
  }
}

function contentOf(setting: string, file: string | undefined): string {
  try {
    return readFileSync(file ?? '', 'utf8')
  } catch (error) {
    throw new SettingInvalid(setting, `names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}
