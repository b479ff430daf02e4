import { quoteForBash } from '../quoteForBash.ts'
import type { Workflow } from '../schema.ts'
import { setCredential, word } from './words.ts'

type Transport = NonNullable<Workflow['input']>
type S3 = NonNullable<Transport['s3']>

const RCLONE = ['rclone', '--quiet', '--s3-no-check-bucket']
const CURL = [
  'curl',
  '--fail',
  '--silent',
  '--show-error',
  '--location',
  '--globoff',
  '--proto =http,https',
  '--retry 3',
  '--config "$STORAGE_PATH/.deepsquare/address"',
]

/** Functions that bring the input and take the output; empty where the workflow has none. */
export function renderTransport({ input, inputMode, output, continuousOutputSync }: Workflow): string {
  const mode =
    inputMode === undefined ? [] : [`chmod -R -- ${inputMode.toString(8).padStart(3, '0')} "$STORAGE_PATH/input"`]
  const parts: (readonly [name: string, lines: readonly string[]])[] = []
  if (input?.s3 !== undefined) parts.push(['fetch_input', [...fromS3(input.s3), ...mode]])
  if (input?.http !== undefined) parts.push(['fetch_input', [...fromHttp(input.http.url), ...mode]])
  if (output?.s3 !== undefined) parts.push(['send_output', toS3(output.s3)])
  if (output?.http !== undefined) parts.push(['send_output', toHttp(output.http.url)])
  if (output?.s3 !== undefined && continuousOutputSync) parts.push(['keep_sending', KEEP_SENDING])
  return parts.map(([name, lines]) => `\n${name}() {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`).join('')
}

/** The names of the functions that renderTransport writes for a workflow. */
export function transportOf({ input, output, continuousOutputSync }: Workflow) {
  return {
    hasInput: input !== undefined,
    hasOutput: output !== undefined,
    isContinuous: output?.s3 !== undefined && continuousOutputSync,
  }
}

// Until it is ended; each time as long after the last as the provider says.
const KEEP_SENDING = ['while run . sleep "${DEEPSQUARE_SYNC_SECONDS:-60}"; do send_output; done']

function s3Environment({ region, endpointUrl, accessKeyId, secretAccessKey }: S3): readonly string[] {
  return [
    'local key_id key status',
    setCredential('key_id', accessKeyId),
    setCredential('key', secretAccessKey),
    'export RCLONE_CONFIG=/dev/null RCLONE_CONFIG_GRID_TYPE=s3 RCLONE_CONFIG_GRID_PROVIDER=Other',
    `export RCLONE_CONFIG_GRID_REGION=${word(region)} RCLONE_CONFIG_GRID_ENDPOINT=${word(endpointUrl)}`,
    'export RCLONE_CONFIG_GRID_ACCESS_KEY_ID=$key_id RCLONE_CONFIG_GRID_SECRET_ACCESS_KEY=$key',
  ]
}

// Steps never see the credentials.
const FORGET = [
  'status=$?',
  'unset "${!RCLONE_CONFIG_GRID_@}" RCLONE_CONFIG',
  'if ((status)); then return "$status"; fi',
]

function remote({ bucketUrl, path }: S3): string {
  return quoteForBash(`grid:${bucketUrl.slice('s3://'.length)}${path}`)
}

function fromS3(s3: S3): readonly string[] {
  const action = s3.deleteSync ? 'sync' : 'copy'
  return [...s3Environment(s3), `run . ${RCLONE.join(' ')} ${action} ${remote(s3)} "$STORAGE_PATH/input"`, ...FORGET]
}

function toS3(s3: S3): readonly string[] {
  const action = s3.deleteSync ? 'sync' : 'copy'
  return [...s3Environment(s3), `run . ${RCLONE.join(' ')} ${action} "$STORAGE_PATH/output" ${remote(s3)}`, ...FORGET]
}

/** The address may carry a token: it is read from a file, not seen among arguments. */
function addressLine(url: string): string {
  return `printf 'url = "%s"\\n' ${quoteForBash(url)} >"$STORAGE_PATH/.deepsquare/address"`
}

function fromHttp(url: string): readonly string[] {
  const file = '"$STORAGE_PATH/.deepsquare/download"'
  return [
    addressLine(url),
    `run . ${CURL.join(' ')} --output ${file} || return`,
    `if tar --list --file ${file} >/dev/null 2>&1; then`,
    `  run . tar --extract --no-same-owner --file ${file} --directory "$STORAGE_PATH/input" || return`,
    `elif command -v unzip >/dev/null && unzip -tqq ${file} >/dev/null 2>&1; then`,
    `  run . unzip -q -o ${file} -d "$STORAGE_PATH/input" || return`,
    'else',
    `  cp -- ${file} "$STORAGE_PATH/input"/${quoteForBash(lastSegment(url))} || return`,
    'fi',
    `rm -f -- ${file}`,
  ]
}

/** The name of what an address leads to; never one that leads elsewhere. */
function lastSegment(url: string): string {
  const segment = new URL(url).pathname.split('/').at(-1) ?? ''
  const name = decoded(segment).replaceAll(/[/\p{Cc}\p{Cf}]/gu, '')
  return name === '' || name === '.' || name === '..' ? 'input' : name.slice(0, 100)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Under an address that ends with / every entry goes up by its name, directories as archives; to any other goes one file. */
function toHttp(url: string): readonly string[] {
  const upload = `run . ${CURL.join(' ')} --upload-file`
  const archive = '"$STORAGE_PATH/.deepsquare/output.tar.gz"'
  if (!url.endsWith('/')) {
    return [
      addressLine(url),
      'local entries=("$STORAGE_PATH"/output/*)',
      'if [[ ${#entries[@]} == 1 && -f ${entries[0]} ]]; then',
      `  ${upload} "\${entries[0]}"`,
      'else',
      `  run output tar --create --gzip --file ${archive} . && ${upload} ${archive}`,
      'fi',
    ]
  }
  return [
    'local entry name',
    'for entry in "$STORAGE_PATH"/output/*; do',
    '  name=${entry##*/}',
    '  if [[ -d $entry ]]; then',
    `    run output tar --create --gzip --file ${archive} -- "$name" || return`,
    `    mv -- ${archive} "$STORAGE_PATH/.deepsquare/$name.tar.gz" && entry=$STORAGE_PATH/.deepsquare/$name.tar.gz`,
    '  elif [[ ! -f $entry ]]; then',
    '    continue',
    '  fi',
    `  ${addressLine(url)}`,
    `  ${upload} "$entry" || return`,
    'done',
  ]
}
