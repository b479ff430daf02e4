import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** An exported function of the SDK, as its doc comment describes it. */
interface Action {
  readonly name: string
  readonly about: string
  readonly signature: string
  readonly returns: string
  readonly throws: string
  readonly example: string
}

/** Every action that has an example, by name. */
export function actionsOf(folder: string): readonly Action[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .sort()
  return files.flatMap((file) => actionsIn(readFileSync(join(folder, file), 'utf8')))
}

const DOCUMENTED = /\/\*\*\n((?: \*[^\n]*\n)+?) \*\/\nexport (?:async )?(function\*? \w+\([\s\S]*?\n?\): [^\n]*?) \{\n/g

function actionsIn(source: string): readonly Action[] {
  return [...source.matchAll(DOCUMENTED)].flatMap(([, comment = '', signature = '']) => {
    const text = comment.replaceAll(/^ \* ?/gm, '').trim()
    const [about = '', ...tags] = text.split(/\n?@(?=returns|throws|example)/)
    const tag = (name: string): string =>
      (tags.find((one) => one.startsWith(`${name} `)) ?? '').slice(name.length + 1).trim()
    const name = /function\*? (\w+)/.exec(signature)?.[1] ?? ''
    const oneLine = (words: string): string => words.replaceAll(/\s*\n\s*/g, ' ').trim()
    const example = tag('example')
    if (example === '') return []
    return [
      {
        name,
        about: oneLine(about),
        signature: oneLine(signature),
        returns: oneLine(tag('returns')),
        throws: oneLine(tag('throws')),
        example,
      },
    ]
  })
}

/** The reference of the SDK in Markdown. */
export function sdkManual(actions: readonly Action[]): string {
  const sections = actions.map(({ name, about, signature, returns, throws, example }) =>
    [
      `## ${name}`,
      about,
      `\`\`\`ts\n${signature}\n\`\`\``,
      returns === '' ? '' : `Returns ${returns}.`,
      throws === '' ? '' : `Throws ${throws}.`,
      `\`\`\`ts\n${example}\n\`\`\``,
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  )
  return `# The SDK, action by action

<!-- written by \`npm run generate\` from the doc comments in sdk/actions/ -->

Amounts are credits with 18 decimals as \`bigint\`, times unix seconds, durations seconds. \`grid\` is what \`createGridClient\` gives. [sdk/README.md](../sdk/README.md) has the whole story of a job.
Every example here is compiled and run against a grid by \`test/sdk/examples.test.ts\`.

${sections.join('\n\n')}
`
}

/** What the examples name that they do not make themselves: the fields of `World` in test/sdk/world.ts. */
const WORLD =
  'grid id provider customer member lab account signer encryptionKey request permit definition budget accounts providers jobs yaml'.split(
    ' ',
  )

/** The examples as functions of the world that they run in, for the type check and the tests. */
export function sdkExamples(actions: readonly Action[]): string {
  const functions = actions.map(({ name, example }) => {
    const code = example.replaceAll(/'(?:[^'\\]|\\.)*'|\.\w+|\w+:/g, ' ')
    const made = madeBy(example)
    const wanted = WORLD.filter((word) => !made.includes(word) && new RegExp(`\\b${word}\\b`).test(code))
    const isLoop = example.startsWith('for ')
    const gives = isLoop || made.length === 0 ? '' : `\n    return { ${made.join(', ')} }`
    return `  async ${name}({ ${wanted.join(', ')} }: World) {\n    ${example}${gives}\n  },`
  })
  const all = actions.map(({ example }) => example).join('\n')
  const called = [...all.matchAll(/\b([a-z]\w+)\(grid/g)].map(([, name = '']) => name)
  return `// Written by \`npm run generate\` from the examples in sdk/actions/.
import { parseEther } from 'viem'
import {
${[...new Set(called)]
  .sort()
  .map((name) => `  ${name},`)
  .join('\n')}
} from '../../sdk/index.ts'
import type { World } from './world.ts'

export const EXAMPLES = {
${functions.join('\n')}
}
`
}

/** The names that an example declares. */
function madeBy(example: string): readonly string[] {
  const declared = [...example.matchAll(/\bconst (?:\{ ([\w, ]+) \}|(\w+))/g)]
  return declared.flatMap(([, many, one]) => many?.split(', ') ?? [one ?? ''])
}

function main(): void {
  const actions = actionsOf(join(root, 'sdk', 'actions'))
  writeFileSync(join(root, 'docs', 'sdk.md'), sdkManual(actions))
  writeFileSync(join(root, 'test', 'sdk', 'examples.ts'), sdkExamples(actions))
}

if (import.meta.main) main()
