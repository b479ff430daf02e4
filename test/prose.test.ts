import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { foreignRegistries, proseViolations, relativeLinks } from './proseRules.ts'
import { absolute, repositoryFiles } from './repositoryFiles.ts'

const read = (path: string): string => readFileSync(absolute(path), 'utf8')

describe('the repository', () => {
  it('leaves no work for later and names no path of one machine', () => {
    const files = repositoryFiles(/\.(ts|cjs|sol|sh|md|ya?ml|json)$|^(?:run|\.npmrc)$/)
    expect(files).to.include.members(['README.md', '.ci/run', 'package.json', 'contracts/Jobs.sol'])
    const written = files.filter((file) => !/^typechain-types\/|^package-lock\.json$|^test\/prose/.test(file))
    expect(written.flatMap((file) => proseViolations(file, read(file)))).to.deep.equal([])
  })

  it('links only to files that exist', () => {
    const broken = repositoryFiles(/\.md$/).flatMap((page) =>
      relativeLinks(read(page))
        .filter((target) => !existsSync(absolute(join(dirname(page), target))))
        .map((target) => `${page} → ${target}`),
    )
    expect(broken).to.deep.equal([])
  })

  it('is fetched from no registry but the public one', () => {
    expect(foreignRegistries(JSON.parse(read('package-lock.json')))).to.deep.equal([])
    expect(read('.npmrc')).not.to.match(/registry\s*=\s*http/)
  })
})

describe('proseViolations', () => {
  it('finds what must not be committed, with its line', () => {
    expect(proseViolations('a.ts', 'one\n// TODO: two')).to.deep.equal(['a.ts:2 leaves work for later'])
    expect(proseViolations('a.ts', "const keep = '/tmp/a'")).to.deep.equal(['a.ts:1 names a path of one machine'])
    expect(proseViolations('a.sh', 'cd /root/grid')).to.deep.equal(['a.sh:1 names a path of one machine'])
  })

  it('allows paths of addresses and of the repository', () => {
    expect(proseViolations('a.ts', "get('https://example.org/home/page', 'test/work/a.ts', '/v1/jobs')")).to.deep.equal(
      [],
    )
  })
})

describe('relativeLinks', () => {
  it('leaves out addresses and places on the same page', () => {
    const markdown = '[a](b/c.md#d), [e](https://example.org/f), [g](#h)'
    expect(relativeLinks(markdown)).to.deep.equal(['b/c.md'])
  })
})

describe('foreignRegistries', () => {
  it('finds an address of another registry', () => {
    const packages = {
      '': {},
      a: { resolved: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz' },
      b: { resolved: 'http://npm.example.org/b/-/b-1.0.0.tgz' },
    }
    expect(foreignRegistries({ packages })).to.deep.equal(['http://npm.example.org/b/-/b-1.0.0.tgz'])
  })
})
