import { registerProvider } from '../../sdk/actions/registerProvider.ts'
import type { Hex } from '../../sdk/domain/job.ts'
import { addressFrom, textOption } from '../arguments.ts'
import { usageError } from '../cliError.ts'
import type { Run } from '../command.ts'

const NO_KEY: Hex = `0x${'0'.repeat(64)}`

/** Registers the wallet's account as the owner of a new provider. */
export const providerRegister: Run = async (context, { args, options }) => {
  const { out } = context
  const signer = await addressFrom(textOption(options, 'hotKey') ?? '')
  const key = textOption(options, 'encryptionKey') ?? NO_KEY
  if (!/^0x[0-9a-fA-F]{64}$/.test(key))
    throw usageError('KEY_INVALID', `${key} is no public key. Give 0x and 64 hex digits.`)
  const of = (option: string): string => textOption(options, option) ?? ''
  const contact = { signer, encryptionKey: key as Hex, endpoint: of('endpoint') }
  const profile = { name: args[0] ?? '', url: of('url'), region: of('region'), software: of('software') }
  const grid = await context.signing()
  out.progress('Registering …')
  const provider = await registerProvider(grid, contact, profile)
  out.progress('')
  out.result({ provider }, () =>
    out.line(
      `Registered as provider ${provider}. Next: dps provider stake ${provider} <credits>, dps provider offer ${provider} <file>.`,
    ),
  )
  return undefined
}
