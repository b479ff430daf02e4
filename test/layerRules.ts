/** What the files under a folder may reach for. Paths are relative to the root of the repository. */
export interface Layer {
  readonly folder: string
  /** Other folders; its own is always allowed. */
  readonly folders: readonly string[]
  readonly packages: readonly string[]
  /** Pure code decides from its inputs alone: no builtin of Node, no clock, no chance, nothing asynchronous. */
  readonly pure: boolean
}

const ANYTHING = ['*']

const layer = (folder: string, folders: readonly string[], packages: readonly string[], pure = false): Layer => ({
  folder,
  folders,
  packages,
  pure,
})

/** Who may import whom. A file belongs to the layer with the longest folder that it lies in. */
export const LAYERS: readonly Layer[] = [
  layer('contracts', [], ['@openzeppelin/contracts']),
  layer('sdk/domain', [], [], true),
  layer('sdk/deployments', ['sdk/domain'], []),
  layer('sdk/abi', [], []),
  layer('sdk', ['scheduling'], ['viem']),
  layer('sdk/gateway', ['sdk/domain'], ['@scure/base', 'age-encryption']),
  layer('workflow', ['sdk/domain'], ['yaml', 'zod']),
  layer('scheduling', ['sdk/domain'], [], true),
  layer('store', [], ['kysely', 'pg']),
  layer(
    'oracle',
    ['sdk/domain', 'sdk/deployments', 'scheduling', 'store', 'typechain-types'],
    ['ethers', 'fastify', 'kysely', 'pino', 'prom-client', 'tiny-secp256k1', 'zod'],
  ),
  layer('agent/core', ['sdk/domain'], [], true),
  layer('cli', ['sdk', 'scheduling', 'workflow'], ['viem', 'commander', 'string-width', 'yaml', 'zod']),
  layer(
    'agent',
    ['sdk/domain', 'sdk/deployments', 'sdk/gateway', 'workflow', 'typechain-types'],
    ['commander', 'ethers', 'pino', 'zod'],
  ),
  layer(
    'gateway',
    ['sdk', 'scheduling', 'store', 'workflow'],
    [
      'viem',
      '@fastify/swagger',
      '@fastify/websocket',
      'aws4fetch',
      'fastify',
      'fastify-type-provider-zod',
      'kysely',
      'pino',
      'zod',
    ],
  ),
  layer('scripts', ANYTHING, ANYTHING),
  layer('bench', ANYTHING, ANYTHING),
  layer('test', ANYTHING, ANYTHING),
]

const IMPURE_WORDS =
  /(?<![.\w$])(?:async|await|Promise|Date|process|performance|fetch|console|setTimeout|setInterval|setImmediate|queueMicrotask)(?![\w$])|(?<![\w$])(?:Math\.random|crypto\.\w+|Temporal\.Now)/g

/** The layer that a file belongs to; undefined where no rule covers it. */
export function layerOf(path: string): Layer | undefined {
  const around = LAYERS.filter((candidate) => isInside(path, candidate.folder))
  return around.sort((left, right) => right.folder.length - left.folder.length)[0]
}

/** What a source file does that its layer forbids, one sentence each. */
export function violationsOf(path: string, source: string): readonly string[] {
  const layer = layerOf(path)
  if (layer === undefined) return [`${path} lies in a folder without a rule`]
  const refused = importsOf(source).filter((specifier) => !isAllowed(layer, path, specifier))
  const words = layer.pure ? [...new Set(codeOf(source).match(IMPURE_WORDS) ?? [])] : []
  return [
    ...refused.map((specifier) => `${path} imports ${specifier}, which ${layer.folder} may not`),
    ...words.map((word) => `${path} uses ${word}, but ${layer.folder} is pure`),
  ]
}

/** Every module that a TypeScript or Solidity source names: imported, re-exported, required, resolved or used as a type. */
export function importsOf(source: string): readonly string[] {
  const statements = source.replace(TOKENS, (token, offset: number) =>
    NAMES_MODULE.test(source.slice(Math.max(0, offset - 40), offset)) ? token : ' ',
  )
  return [...statements.matchAll(IMPORT)].map((match) => match[2] ?? '')
}

const NAMES_MODULE = /(?:\bfrom|\bimport|\b(?:import|require|require\.resolve|import\.meta\.resolve)\s*\()\s*$/
const IMPORT = /\b(?:from|import|import\s*\(|require\s*\(|resolve\s*\()\s*(["'`])([^"'`\n]+)\1/g

// Comments, texts and regular expressions: what must not be read as code, and must be skipped to know where code goes on.
const TOKENS =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[=(,:[!&|?{;]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])*\//g

/** A source without its comments and texts; what templates compute is kept. */
function codeOf(source: string): string {
  return source.replace(TOKENS, (token) => {
    const computed = token.startsWith('`') ? token.match(/\$\{[^}]*\}/g) : null
    return ` ${(computed ?? []).join(' ')} `
  })
}

function isAllowed(layer: Layer, path: string, specifier: string): boolean {
  if (specifier.startsWith('.')) {
    const target = resolve(path, specifier)
    if (target.startsWith('..')) return false
    return [layer.folder, ...layer.folders].some((allowed) => allowed === '*' || isInside(target, allowed))
  }
  if (specifier.startsWith('node:')) return !layer.pure
  return layer.packages.some((allowed) => allowed === '*' || isInside(specifier, allowed))
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

/** The path that a relative specifier in a file means; one that leaves the repository keeps its dots. */
function resolve(path: string, specifier: string): string {
  const parts = path.split('/').slice(0, -1)
  for (const part of specifier.split('/')) {
    const leaves = part === '..' && parts.length > 0 && parts.at(-1) !== '..'
    if (leaves) parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}
