import { usageError } from '../cliError.ts'
import type { Run } from '../command.ts'
import { keySource } from '../keys/keySource.ts'
import { configPath, SETTING_NAMES, settingNamed, variableOf, writeSetting } from '../settings.ts'

const KEY_WORDS = {
  variable: 'the variable DPS_PRIVATE_KEY',
  signer: 'the signer',
  keystore: 'the keystore',
  none: 'nowhere: this wallet can look, and sign nothing',
} as const

/** Shows the settings in force and where each comes from; sets one in the config file, or takes it out. */
export const config: Run = async ({ out, settings, around }, { args }) => {
  const [verb = 'show', name, value] = args
  const path = configPath(around.env)
  switch (verb) {
    case 'show': {
      const key = keySource(settings, around.env)
      out.result({ path, key, settings }, () => {
        const rows = SETTING_NAMES.map((setting): readonly [string, string] => {
          const found = settings[setting]
          return [
            setting,
            found === undefined
              ? `– (set it here, by ${variableOf(setting)} or --${setting})`
              : `${found.value}  (${found.from})`,
          ]
        })
        out.facts([...rows, ['key from', KEY_WORDS[key]], ['config file', path]])
      })
      return undefined
    }
    case 'path':
      out.result({ path }, () => out.line(path))
      return undefined
    case 'set': {
      if (name === undefined || value === undefined)
        throw usageError('ARGUMENT_MISSING', 'Give a setting and its value: dps config set rpc http://127.0.0.1:8545')
      writeSetting(around.env, settingNamed(name), value)
      out.result({ path, set: name }, () => out.line(`${name} is set in ${path}.`))
      return undefined
    }
    case 'unset': {
      if (name === undefined) throw usageError('ARGUMENT_MISSING', 'Give a setting: dps config unset rpc')
      writeSetting(around.env, settingNamed(name), undefined)
      out.result({ path, unset: name }, () => out.line(`${name} is no longer in ${path}.`))
      return undefined
    }
    default:
      throw usageError('ARGUMENT_INVALID', `${verb} is no act. Choose show, set, unset or path.`)
  }
}
