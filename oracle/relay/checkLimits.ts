import { ZeroAddress } from 'ethers'
import type { JobRequest } from '../../sdk/domain/job.ts'
import { REQUEST_LIMITS, REQUEST_TEXT_LIMITS } from '../../sdk/domain/resources.ts'
import { refusal } from '../refusal.ts'
import { RelayRefusal } from './relayRefusal.ts'

const LARGEST_AMOUNT = 2n ** 96n - 1n

/** Checks every number and text of a request against the contract's limits. Throws RelayRefusal for the first that is outside. */
export function checkLimits(request: JobRequest): void {
  for (const [field, [minimum, maximum]] of Object.entries(REQUEST_LIMITS)) {
    const value = request[field as keyof typeof REQUEST_LIMITS]
    if (value < minimum || value > maximum) throw outOfRange(field, value, minimum, maximum)
  }
  if (request.budget < 1n || request.budget > LARGEST_AMOUNT) {
    throw outOfRange('budget', `${request.budget}`, '1', `${LARGEST_AMOUNT}`)
  }
  for (const field of ['affinity', 'name'] as const) {
    const length = Buffer.byteLength(request.work[field])
    const maximum = REQUEST_TEXT_LIMITS[field]
    if (length > maximum) throw outOfRange(`bytes of ${field}`, length, 0, maximum)
  }
  if (request.customer === ZeroAddress) {
    throw new RelayRefusal(400, refusal('FIELD_INVALID', 'request.customer is the zero address. Name who signs.'))
  }
}

function outOfRange(field: string, value: number | string, minimum: number | string, maximum: number | string): Error {
  const message = `${field} is ${value}; sign a request where it is between ${minimum} and ${maximum}.`
  return new RelayRefusal(400, refusal('REQUEST_OUT_OF_RANGE', message, { field, value, minimum, maximum }))
}
