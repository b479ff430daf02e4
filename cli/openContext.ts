import type { Hex } from '../sdk/domain/job.ts'
import type { Context, SigningClient } from './context.ts'
import { keySource } from './keys/keySource.ts'
import type { Output } from './output/output.ts'
import { needed, type Settings } from './settings.ts'
import type { Surroundings } from './terminal.ts'

/** The context of a command. Nothing is opened before it is asked for, and nothing twice. */
export function openContext(settings: Settings, around: Surroundings, out: Output): Context {
  const grid = once(async () => (await import('./connect.ts')).connect(settings))
  const signing = once(async (): Promise<SigningClient> => {
    const client = await grid()
    const { openWallet } = await import('./keys/openWallet.ts')
    const wallet = await openWallet(settings, around, needed(settings, 'rpc'))
    return { ...client, wallet }
  })
  const account = async (): Promise<Hex> => {
    const named = settings.account?.value
    if (named !== undefined && keySource(settings, around.env) !== 'variable') return named as Hex
    return (await signing()).wallet.account.address
  }
  return { settings, around, out, signal: around.signal, grid, signing, account }
}

function once<Value>(open: () => Promise<Value>): () => Promise<Value> {
  let opened: Promise<Value> | undefined
  return () => {
    opened ??= open()
    return opened
  }
}
