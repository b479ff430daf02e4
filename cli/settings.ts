import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { nearestWord } from '../workflow/nearestWord.ts'
import { usageError } from './cliError.ts'

/** What can be set, in the order of the manual. Each has a flag, an environment variable and a key of the config file of the same name. */
export const SETTINGS = {
  rpc: { value: 'url', about: 'chain node' },
  deployment: { value: 'file', about: 'deployment file: where the grid’s contracts stand' },
  relay: { value: 'url', about: 'oracle’s relay: sends what is signed and pays the gas' },
  gateway: { value: 'url', about: 'gateway: keeps definitions, logs and results' },
  keystore: { value: 'file', about: 'encrypted key: Web3 Secret Storage or ERC-2335' },
  'password-file': { value: 'file', about: 'file with the keystore’s password; asked for on a terminal otherwise' },
  signer: { value: 'url', about: 'JSON-RPC of a hardware or remote signer that holds the key' },
  account: { value: 'address', about: 'the account that the signer signs for; its first one otherwise' },
  explorer: { value: 'url', about: 'block explorer that transactions are linked to' },
} as const satisfies Readonly<Record<string, { readonly value: 'url' | 'file' | 'address'; readonly about: string }>>

export type SettingName = keyof typeof SETTINGS
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[]

/** A setting, and where it was found. */
export interface Setting {
  readonly value: string
  readonly from: string
}

export type Settings = Readonly<Partial<Record<SettingName, Setting>>>

type Environment = Readonly<Record<string, string | undefined>>

/** The name of a setting's environment variable. */
export function variableOf(name: SettingName): string {
  return `DPS_${name.toUpperCase().replaceAll('-', '_')}`
}

/** The config file: DPS_CONFIG, or `dps/config.json` in the user's folder for configuration. */
export function configPath(env: Environment): string {
  if (env['DPS_CONFIG'] !== undefined) return env['DPS_CONFIG']
  const home = env['XDG_CONFIG_HOME'] ?? env['APPDATA'] ?? join(env['HOME'] ?? '.', '.config')
  return join(home, 'dps', 'config.json')
}

/** The settings in force: a flag before the environment, the environment before the config file. Throws a CliError that names what is wrong. */
export function readSettings(flags: Readonly<Record<string, unknown>>, env: Environment): Settings {
  const path = configPath(env)
  const file = readConfig(path)
  const found: [SettingName, Setting][] = []
  for (const name of SETTING_NAMES) {
    const flag = flags[camelCase(name)]
    const variable = env[variableOf(name)]
    const value = typeof flag === 'string' ? flag : variable || file[name]
    if (value === undefined) continue
    const from = typeof flag === 'string' ? `--${name}` : variable ? variableOf(name) : path
    found.push([name, { value: checked(name, value, from), from }])
  }
  return Object.fromEntries(found)
}

/** Writes a setting into the config file, or takes it out. Files become absolute, so that they hold from every folder. */
export function writeSetting(env: Environment, name: SettingName, value: string | undefined): void {
  const path = configPath(env)
  const { [name]: _, ...others } = readConfig(path)
  const next = value === undefined ? others : { ...others, [name]: absolute(name, checked(name, value, name)) }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(`${path}.new`, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** The setting that is meant by a word. Throws a CliError with the nearest one. */
export function settingNamed(word: string): SettingName {
  const known = SETTING_NAMES.find((name) => name === word)
  if (known !== undefined) return known
  if (/key|secret|mnemonic/i.test(word)) {
    throw usageError(
      'KEY_IN_CONFIG',
      'A key does not belong into the config file. Set `keystore`, `signer`, or the variable DPS_PRIVATE_KEY.',
    )
  }
  const nearest = nearestWord(word, SETTING_NAMES)
  const hint = nearest === undefined ? `Choose one of ${SETTING_NAMES.join(', ')}.` : `Did you mean ${nearest}?`
  throw usageError('SETTING_UNKNOWN', `There is no setting ${word}. ${hint}`)
}

function readConfig(path: string): Partial<Record<SettingName, string>> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return {}
  }
  const fault = (what: string) =>
    usageError('CONFIG_INVALID', `${path} ${what}. Mend it, or delete it and use \`dps config set\`.`)
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw fault('is not JSON')
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw fault('is not a JSON object')
  for (const [name, value] of Object.entries(content)) {
    settingNamed(name)
    if (typeof value !== 'string') throw fault(`gives ${name} something that is no text`)
  }
  return content
}

function checked(name: SettingName, value: string, from: string): string {
  const wrong = (what: string) =>
    usageError('SETTING_INVALID', `${name} (from ${from}) is no ${what}: ${value}. Correct it.`)
  switch (SETTINGS[name].value) {
    case 'url':
      if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) throw wrong('http(s) URL')
      return value
    case 'address':
      if (!/^0x[0-9a-fA-F]{40}$/.test(value)) throw wrong('address')
      return value
    case 'file':
      if (value === '') throw wrong('path of a file')
      return value
  }
}

function absolute(name: SettingName, value: string): string {
  return SETTINGS[name].value === 'file' ? resolve(value) : value
}

function camelCase(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}

/** The value of a setting that a command cannot do without. Throws a CliError that says how to give it. */
export function needed(settings: Settings, name: SettingName): string {
  const setting = settings[name]
  if (setting !== undefined) return setting.value
  throw usageError(
    'SETTING_MISSING',
    `No ${name} is set. Run \`dps config set ${name} …\`, set ${variableOf(name)}, or give --${name}.`,
  )
}
