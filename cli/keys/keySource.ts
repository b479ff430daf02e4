import type { Settings } from '../settings.ts'
import type { Surroundings } from '../terminal.ts'

/** Where the key of a command comes from. */
export type KeySource = 'variable' | 'signer' | 'keystore' | 'none'

/** Where the key would come from: the environment before the signer, the signer before the keystore. */
export function keySource(settings: Settings, env: Surroundings['env']): KeySource {
  if (env['DPS_PRIVATE_KEY']) return 'variable'
  if (settings.signer !== undefined) return 'signer'
  return settings.keystore === undefined ? 'none' : 'keystore'
}
