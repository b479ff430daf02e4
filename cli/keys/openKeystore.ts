import { createDecipheriv, createHash, pbkdf2, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { keccak256 } from 'viem'
import type { Hex } from '../../sdk/domain/job.ts'
import { walletError } from '../cliError.ts'

interface Kdf {
  readonly name: string
  readonly params: { readonly [name: string]: unknown }
}

/** What both formats keep, under different names: how the password becomes a key, what it opens, and what proves it right. */
interface Sealed {
  readonly kdf: Kdf
  readonly cipher: string
  readonly iv: Buffer
  readonly ciphertext: Buffer
  readonly proof: Buffer
  readonly proofOf: (bytes: Buffer) => Buffer
  readonly password: Buffer
}

const byScrypt = promisify<Buffer, Buffer, number, ScryptOptions, Buffer>(scrypt)
const byPbkdf2 = promisify(pbkdf2)
// More than any wallet writes, and little enough that a hostile file cannot eat the machine.
const MOST_MEMORY = 512 * 1024 * 1024
const MOST_ROUNDS = 10_000_000

/**
 * The key in a keystore file: Web3 Secret Storage (version 3) or ERC-2335 (version 4).
 *
 * @throws CliError KEYSTORE_INVALID or PASSWORD_WRONG
 */
export async function openKeystore(text: string, password: string): Promise<Hex> {
  const sealed = sealedIn(text, password)
  const key = await derivedKey(sealed)
  const proof = sealed.proofOf(Buffer.concat([key.subarray(16, 32), sealed.ciphertext]))
  if (proof.length !== sealed.proof.length || !timingSafeEqual(proof, sealed.proof)) {
    throw walletError('PASSWORD_WRONG', 'The password does not open the keystore. Try again.')
  }
  const decipher = createDecipheriv('aes-128-ctr', key.subarray(0, 16), sealed.iv)
  const secret = Buffer.concat([decipher.update(sealed.ciphertext), decipher.final()])
  if (secret.length !== 32) throw invalid('holds no key of 32 bytes')
  return `0x${secret.toString('hex')}`
}

function invalid(what: string): Error {
  return walletError('KEYSTORE_INVALID', `The keystore ${what}. Name a Web3 Secret Storage or ERC-2335 file.`)
}

function sealedIn(text: string, password: string): Sealed {
  let content: { version?: unknown; crypto?: Fields; Crypto?: Fields }
  try {
    content = JSON.parse(text)
  } catch {
    throw invalid('is not JSON')
  }
  const fields = content?.crypto ?? content?.Crypto
  try {
    if (content?.version === 3 && fields !== undefined) return web3Secret(fields, password)
    if (content?.version === 4 && fields !== undefined) return erc2335(fields, password)
  } catch {
    throw invalid('lacks a field')
  }
  throw invalid('is of no version that is known')
}

/** What is missing is found by the first use, and told as such. */
interface Fields {
  readonly kdf: string & { readonly function: string; readonly params: Kdf['params'] }
  readonly kdfparams: Kdf['params']
  readonly cipher: string & {
    readonly function: string
    readonly params: { readonly iv: string }
    readonly message: string
  }
  readonly cipherparams: { readonly iv: string }
  readonly ciphertext: string
  readonly mac: string
  readonly checksum: { readonly message: string }
}

function web3Secret(fields: Fields, password: string): Sealed {
  return {
    kdf: { name: fields.kdf, params: fields.kdfparams },
    cipher: fields.cipher,
    iv: hex(fields.cipherparams.iv),
    ciphertext: hex(fields.ciphertext),
    proof: hex(fields.mac),
    proofOf: (bytes) => Buffer.from(keccak256(bytes, 'bytes')),
    password: Buffer.from(password, 'utf8'),
  }
}

function erc2335({ kdf, checksum, cipher }: Fields, password: string): Sealed {
  // By the standard: compatibility form, and no control characters.
  const plain = password.normalize('NFKD').replaceAll(/\p{Cc}/gu, '')
  return {
    kdf: { name: kdf.function, params: kdf.params },
    cipher: cipher.function,
    iv: hex(cipher.params.iv),
    ciphertext: hex(cipher.message),
    proof: hex(checksum.message),
    proofOf: (bytes) => createHash('sha256').update(bytes).digest(),
    password: Buffer.from(plain, 'utf8'),
  }
}

function hex(text: string): Buffer {
  return Buffer.from(text.replace(/^0x/, ''), 'hex')
}

async function derivedKey({ kdf, cipher, password }: Sealed): Promise<Buffer> {
  const { n, r, p, c, dklen, salt, prf } = kdf.params
  if (cipher !== 'aes-128-ctr' || dklen !== 32 || typeof salt !== 'string')
    throw invalid('uses a cipher that is not known')
  if (kdf.name === 'scrypt' && isCount(n) && isCount(r) && isCount(p) && 128 * n * r <= MOST_MEMORY && p <= 16) {
    const options = { N: n, r, p, maxmem: 2 * MOST_MEMORY }
    return byScrypt(password, hex(salt), 32, options)
  }
  if (kdf.name === 'pbkdf2' && isCount(c) && c <= MOST_ROUNDS && prf === 'hmac-sha256') {
    return byPbkdf2(password, hex(salt), c, 32, 'sha256')
  }
  throw invalid('derives its key in a way that is not known')
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}
