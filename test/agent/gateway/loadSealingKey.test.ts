import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { loadSealingKey } from '../../../agent/gateway/loadSealingKey.ts'
import { refusalBy } from '../../sdk/refusalBy.ts'
import { temporaryDirectory } from '../support/localExecution.ts'
import { SEALING_KEY, SEALING_KEY_FILE } from '../support/sealingKey.ts'

describe('loadSealingKey', () => {
  let directory: ReturnType<typeof temporaryDirectory>
  beforeEach(() => {
    directory = temporaryDirectory()
  })
  afterEach(() => directory[Symbol.dispose]())

  it('makes a key in the state directory once, for its owner’s eyes', async () => {
    const made = await loadSealingKey(undefined, directory.path)
    expect(await loadSealingKey(undefined, directory.path)).to.deep.equal(made)
    const file = join(directory.path, 'encryption.key')
    expect(statSync(file).mode & 0o777).to.equal(0o600)
    expect(readFileSync(file, 'utf8')).to.include(`# public key: ${made.recipient}\n`)
  })

  it('takes the file that the setting names', async () => {
    expect(await loadSealingKey(SEALING_KEY_FILE, directory.path)).to.deep.equal(SEALING_KEY)
  })

  for (const text of ['', '# only a comment\n', 'AGE-SECRET-KEY-1WRONG\n', 'age1nothing\n']) {
    it(`refuses a file with ${JSON.stringify(text)}, and does not repeat it`, async () => {
      const file = join(directory.path, 'a.key')
      writeFileSync(file, text)
      const refusal = await refusalBy(loadSealingKey(file, directory.path))
      expect(refusal).to.include({ code: 'SETTING_INVALID', setting: 'ENCRYPTION_KEY_FILE' })
      expect(String(refusal)).not.to.include('WRONG')
    })
  }

  it('refuses a file that is not there, and makes none in its place', async () => {
    const refusal = await refusalBy(loadSealingKey(join(directory.path, 'missing'), directory.path))
    expect(refusal).to.include({ code: 'SETTING_INVALID', setting: 'ENCRYPTION_KEY_FILE' })
  })
})
