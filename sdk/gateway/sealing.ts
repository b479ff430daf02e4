import { bech32 } from '@scure/base'
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import type { Hex } from '../domain/job.ts'

// What is sealed is an age file: readable by the holder of an X25519 key alone, and by nobody whom it was not sealed to.

const RECIPIENT = 'age'
const HEADER_END = /\n--- [A-Za-z0-9+/]{43}\n/
const LARGEST_HEADER_BYTES = 4096
const FILE_KEY_BYTES = 16

/** What was sealed cannot be opened with this key, or was changed. */
export class SealBroken extends Error {
  readonly code = 'SEAL_BROKEN'
  override readonly name = 'SealBroken'
  constructor(cause?: unknown) {
    super('What was sealed does not open with this key: it is sealed to another, or was changed.', { cause })
  }
}

/** An X25519 key pair in the texts of age. */
export interface SealingKey {
  /** `AGE-SECRET-KEY-1…`: secret. */
  readonly identity: string
  /** `age1…`: what others seal to. */
  readonly recipient: string
}

/** A new key pair. */
export async function newSealingKey(): Promise<SealingKey> {
  return sealingKeyOf(await generateX25519Identity())
}

/** The key pair in the text of an identity file of age, whose lines with a # are comments. Throws SealBroken where there is none. */
export async function sealingKeyIn(text: string): Promise<SealingKey> {
  const identity = text.split(/\r?\n/).find((line) => line !== '' && !line.startsWith('#'))
  if (identity === undefined || !/^AGE-SECRET-KEY-1[A-Z0-9]+$/.test(identity)) throw new SealBroken()
  return sealingKeyOf(identity).catch(broken)
}

/** The text of an identity file of age. */
export function keyFileText({ identity, recipient }: SealingKey): string {
  return `# public key: ${recipient}\n${identity}\n`
}

async function sealingKeyOf(identity: string): Promise<SealingKey> {
  return { identity, recipient: await identityToRecipient(identity) }
}

/** The recipient with this X25519 public key of 32 bytes, as the registry of providers keeps it. */
export function recipientOf(publicKey: Hex): string {
  const bytes = Uint8Array.from(publicKey.slice(2).match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))
  return bech32.encodeFromBytes(RECIPIENT, bytes)
}

/** The X25519 public key of a recipient, 32 bytes. Throws where the text is no X25519 recipient of age. */
export function publicKeyOf(recipient: string): Hex {
  const { prefix, bytes } = bech32.decodeToBytes(recipient)
  if (prefix !== RECIPIENT || bytes.length !== 32) throw new RangeError('the text is no X25519 recipient of age')
  return `0x${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** Seals bytes to a recipient. Two seals of the same bytes differ. */
export async function seal(bytes: Uint8Array, recipient: string): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  return encrypter.encrypt(bytes)
}

/** The bytes that were sealed to the holder of an identity. Throws SealBroken. */
export async function openSealed(sealed: Uint8Array, identity: string): Promise<Uint8Array> {
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  return decrypter.decrypt(sealed).catch(broken)
}

/**
 * Lets another open what was sealed to the holder of `identity`, without a change to it: the key of that one file, sealed to the
 * other. So the other sees the very bytes whose hash was signed. Throws SealBroken.
 */
export async function passOn(sealed: Uint8Array, identity: string, recipient: string): Promise<Uint8Array> {
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  return seal(await decrypter.decryptHeader(headerOf(sealed)).catch(broken), recipient)
}

/** The bytes that were sealed, for one who was let in by `passOn`. Throws SealBroken. */
export async function openPassedOn(sealed: Uint8Array, passed: Uint8Array, identity: string): Promise<Uint8Array> {
  const fileKey = await openSealed(passed, identity)
  if (fileKey.length !== FILE_KEY_BYTES) throw new SealBroken()
  const decrypter = new Decrypter()
  decrypter.addIdentity({ unwrapFileKey: () => fileKey })
  return decrypter.decrypt(sealed).catch(broken)
}

function headerOf(sealed: Uint8Array): Uint8Array {
  const text = new TextDecoder('latin1').decode(sealed.subarray(0, LARGEST_HEADER_BYTES))
  const end = HEADER_END.exec(text)
  if (end === null) throw new SealBroken()
  return sealed.subarray(0, end.index + end[0].length)
}

function broken(cause: unknown): never {
  throw new SealBroken(cause)
}
