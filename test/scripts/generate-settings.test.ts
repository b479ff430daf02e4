import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { settingsSchema } from '../../oracle/settings.ts'
import { withSettings } from '../../scripts/generate-settings.ts'

describe('the settings table of the oracle', () => {
  it('is made of the schema: node --import tsx scripts/generate-settings.ts writes it anew', () => {
    const readme = readFileSync('oracle/README.md', 'utf8')
    expect(readme).to.equal(withSettings(readme))
  })

  it('says something of every setting', () => {
    for (const [name, field] of Object.entries(settingsSchema.shape)) expect(field.description, name).to.be.a('string')
  })
})
