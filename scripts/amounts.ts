import { InvalidArgumentError } from 'commander'
import { isAddress, parseUnits } from 'ethers'
import type { Hex } from '../sdk/domain/job.ts'
import { publicKeyOf } from '../sdk/gateway/sealing.ts'

/** Reads an amount of credits such as `12.5`; returns it with 18 decimals. */
export function creditsArgument(text: string): bigint {
  if (!/^\d+(\.\d{1,18})?$/.test(text)) {
    throw new InvalidArgumentError('Give credits as a positive decimal number, such as 12.5.')
  }
  const amount = parseUnits(text, 18)
  if (amount === 0n || amount >= 1n << 96n)
    throw new InvalidArgumentError('Give more than 0 and fewer than 79 billion credits.')
  return amount
}

/** Reads an address. */
export function addressArgument(text: string): Hex {
  if (!isAddress(text))
    throw new InvalidArgumentError('Give an address: 0x and 40 hex digits, with a right checksum if in mixed case.')
  return text as Hex
}

/** Reads a recipient of age; returns its X25519 public key, as the registry keeps it. */
export function recipientArgument(text: string): Hex {
  try {
    return publicKeyOf(text)
  } catch {
    throw new InvalidArgumentError('Give an X25519 recipient of age: age1 and 58 letters and digits.')
  }
}

/** Reads the index of a provider. */
export function providerArgument(text: string): number {
  const index = Number(text)
  if (!Number.isInteger(index) || index < 1 || index >= 1 << 24) {
    throw new InvalidArgumentError('Give the index of a provider: a whole number from 1 on.')
  }
  return index
}
