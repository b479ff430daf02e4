import { readFileSync } from 'node:fs'
import { type Account, createWalletClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { Hex } from '../../sdk/domain/job.ts'
import type { Wallet } from '../../sdk/gridClient.ts'
import { notFound, walletError } from '../cliError.ts'
import type { Settings } from '../settings.ts'
import type { Surroundings } from '../terminal.ts'
import { keySource } from './keySource.ts'
import { openKeystore } from './openKeystore.ts'
import { readPassword } from './readPassword.ts'

const ANSWER_MS = 120_000

/**
 * The wallet that the settings name. A key is never taken from the command line: other users of the machine can read it there.
 *
 * @throws CliError KEY_MISSING, KEY_INVALID, KEYSTORE_MISSING, KEYSTORE_INVALID, PASSWORD_WRONG, PASSWORD_MISSING, SIGNER_HAS_NO_ACCOUNT
 */
export async function openWallet(settings: Settings, around: Surroundings, rpcUrl: string): Promise<Wallet> {
  switch (keySource(settings, around.env)) {
    case 'variable':
      return walletOf(accountOf(around.env['DPS_PRIVATE_KEY'] ?? '', 'DPS_PRIVATE_KEY'), rpcUrl)
    case 'signer':
      return signerWallet(settings.signer?.value ?? '', settings.account?.value as Hex | undefined)
    case 'keystore':
      return walletOf(await keystoreAccount(settings, around), rpcUrl)
    case 'none':
      throw walletError(
        'KEY_MISSING',
        'This command signs, and no key is set. Run `dps config set keystore <file>`, or set `signer` or DPS_PRIVATE_KEY.',
      )
  }
}

function walletOf(account: Account, rpcUrl: string): Wallet {
  return createWalletClient({ account, transport: http(rpcUrl, { retryCount: 1 }) })
}

function accountOf(key: string, from: string): Account {
  const hex = key.startsWith('0x') ? key : `0x${key}`
  try {
    return privateKeyToAccount(hex as Hex)
  } catch {
    // Without the cause: its message could show the key.
    throw walletError('KEY_INVALID', `${from} holds no private key. Give 64 hex digits.`)
  }
}

async function signerWallet(url: string, account: Hex | undefined): Promise<Wallet> {
  // A person may have to press a button.
  const transport = http(url, { retryCount: 0, timeout: ANSWER_MS })
  const address = account ?? (await createWalletClient({ transport }).getAddresses())[0]
  if (address === undefined) {
    throw walletError('SIGNER_HAS_NO_ACCOUNT', `The signer at ${new URL(url).origin} has no account. Unlock one there.`)
  }
  return createWalletClient({ account: address, transport })
}

async function keystoreAccount(settings: Settings, around: Surroundings): Promise<Account> {
  const path = settings.keystore?.value ?? ''
  const text = textOf(path, 'keystore')
  const file = settings['password-file']?.value
  const password =
    file === undefined
      ? await readPassword(around, `Password of ${path}: `)
      : textOf(file, 'password file').replace(/\r?\n$/, '')
  return accountOf(await openKeystore(text, password), 'The keystore')
}

function textOf(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw notFound('KEYSTORE_MISSING', `The ${what} ${path} cannot be read. Check the path and its permissions.`)
  }
}
