import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { importsOf, LAYERS, layerOf, violationsOf } from './layerRules.ts'
import { absolute, repositoryFiles } from './repositoryFiles.ts'

describe('layers', () => {
  const files = repositoryFiles(/\.(ts|cts|mts|js|cjs|mjs|sol)$/).filter(
    (file) => file.includes('/') && !file.startsWith('typechain-types/'),
  )

  it('let every source file import only what its folder may', () => {
    expect(files).to.include('sdk/domain/job.ts').and.to.include('contracts/Jobs.sol')
    expect(files.flatMap((file) => violationsOf(file, readFileSync(absolute(file), 'utf8')))).to.deep.equal([])
  })

  it('never let a service import another service', () => {
    const services = ['oracle', 'agent', 'gateway', 'cli', 'web']
    const reached = LAYERS.filter((layer) => services.includes(layer.folder)).flatMap((layer) => layer.folders)
    expect(reached.filter((folder) => services.includes(folder))).to.deep.equal([])
  })
})

describe('layerOf', () => {
  it('prefers the innermost folder', () => {
    expect(layerOf('agent/core/nextActions.ts')?.folder).to.equal('agent/core')
    expect(layerOf('agent/corepack.ts')?.folder).to.equal('agent')
  })

  it('knows no layer for a new folder', () => {
    expect(layerOf('elsewhere/a.ts')).to.equal(undefined)
  })
})

describe('violationsOf', () => {
  const refused: readonly (readonly [path: string, source: string, subject: string])[] = [
    ['agent/act.ts', "import { plan } from '../oracle/plan.ts'", '../oracle/plan.ts'],
    ['agent/act.ts', "import {\n  a,\n  b,\n} from '../sdk/actions/getJob.ts'", '../sdk/actions/getJob.ts'],
    ['agent/core/decide.ts', "export { act } from '../act.ts'", '../act.ts'],
    ['agent/core/decide.ts', "import { join } from 'node:path'", 'node:path'],
    ['oracle/tick.ts', "import { createPublicClient } from 'viem'", 'viem'],
    ['oracle/tick.ts', "const kept = await import('viem/actions')", 'viem/actions'],
    ['gateway/serve.ts', "import type { Signer } from 'ethers'", 'ethers'],
    ['gateway/serve.ts', "import '../typechain-types/index.ts'", '../typechain-types/index.ts'],
    ['sdk/abi/jobs.ts', "import { Jobs } from '../../typechain-types/index.ts'", '../../typechain-types/index.ts'],
    ['sdk/actions/getJob.ts', "type Wire = import('zod').ZodType", 'zod'],
    ['sdk/deployments/read.ts', "const viem = require('viem')", 'viem'],
    ['sdk/domain/job.ts', "import { rank } from '../../scheduling/rank.ts'", '../../scheduling/rank.ts'],
    ['scheduling/plan.ts', "import { z } from 'zod'", 'zod'],
    ['contracts/Jobs.sol', 'import {ERC20} from "solmate/tokens/ERC20.sol";', 'solmate/tokens/ERC20.sol'],
    ['contracts/Jobs.sol', 'import "../test/contracts/Token.sol";', '../test/contracts/Token.sol'],
    ['scripts/deploy.ts', "import { key } from '../../elsewhere/key.ts'", '../../elsewhere/key.ts'],
  ]
  for (const [path, source, subject] of refused) {
    it(`refuses in ${path}: ${source.replaceAll('\n', ' ')}`, () => {
      const folder = layerOf(path)?.folder
      expect(violationsOf(path, source)).to.deep.equal([`${path} imports ${subject}, which ${folder} may not`])
    })
  }

  const impure: readonly (readonly [source: string, word: string])[] = [
    ['export async function plan() {}', 'async'],
    ['const now = new Date()', 'Date'],
    ['const now = Date.now()', 'Date'],
    ['const lot = Math.random()', 'Math.random'],
    ['const url = process.env.URL', 'process'],
    ['setTimeout(tick, 1)', 'setTimeout'],
    [`const text = \`at \${Date.now()}\``, 'Date'],
    ['const quote = text.replace(/[\'"`]/g, "") + Math.random()', 'Math.random'],
  ]
  for (const [source, word] of impure) {
    it(`refuses in scheduling: ${source}`, () => {
      expect(violationsOf('scheduling/plan.ts', source)).to.deep.equal([
        `scheduling/plan.ts uses ${word}, but scheduling is pure`,
      ])
      expect(violationsOf('oracle/tick.ts', source)).to.deep.equal([])
    })
  }

  it('refuses a file in a folder without a rule', () => {
    expect(violationsOf('elsewhere/a.ts', '')).to.deep.equal(['elsewhere/a.ts lies in a folder without a rule'])
  })

  it('allows what the table allows', () => {
    const allowed =
      "import { z } from 'zod'\nimport type { Job } from '../sdk/domain/job.ts'\nimport { a } from './a.ts'"
    expect(violationsOf('workflow/schema.ts', allowed)).to.deep.equal([])
    expect(violationsOf('oracle/tick.ts', "import fs from 'node:fs'")).to.deep.equal([])
    expect(violationsOf('contracts/A.sol', 'import {B} from "@openzeppelin/contracts/b/B.sol";')).to.deep.equal([])
  })

  it('takes words in comments and texts for what they are', () => {
    const source =
      "// no Date here, import { a } from 'viem'\n/* await */ const text = 'async process'\nconst { x } = job.process"
    expect(violationsOf('scheduling/plan.ts', source)).to.deep.equal([])
  })
})

describe('importsOf', () => {
  it('does not take the words of a query for an import', () => {
    const source = 'export const all = sql`select * from "jobs"`\nconst text = "from" + \'x\' // from "y"'
    expect(importsOf(source)).to.deep.equal([])
  })
})
