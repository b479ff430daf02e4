import { expect } from 'chai'
import { toUtf8Bytes } from 'ethers'
import { describe, it } from 'mocha'
import { readDefinition } from '../../../agent/gateway/readDefinition.ts'
import { request } from '../support/facts.ts'

const definition = (resources: object): Uint8Array =>
  toUtf8Bytes(JSON.stringify({ resources, steps: [{ run: { command: 'echo hello' } }] }))
const fitting = { tasks: 1, cpusPerTask: 1, memPerCpu: 100, gpus: 0 }

describe('readDefinition', () => {
  it('makes a workflow a script', () => {
    const read = readDefinition(definition(fitting), request())
    expect(read.kind).to.equal('ready')
    expect(read).to.have.property('script').that.contains('echo hello')
  })

  it('says where a text is no workflow', () => {
    const read = readDefinition(toUtf8Bytes('steps: 1'), request())
    expect(read).to.include({ kind: 'faulty', reason: 'definition-invalid' })
    expect(read)
      .to.have.property('explanation')
      .that.matches(/1:\d+ /)
  })

  it('takes bytes that are no UTF-8 for no workflow', () => {
    const read = readDefinition(new Uint8Array([0xff, 0xfe]), request())
    expect(read).to.include({ kind: 'faulty', reason: 'definition-invalid' })
  })

  for (const field of ['tasks', 'cpusPerTask', 'memPerCpu', 'gpus'] as const) {
    it(`refuses more ${field} than the request pays for`, () => {
      const read = readDefinition(definition({ ...fitting, [field]: fitting[field] + 1 }), request())
      expect(read).to.include({ kind: 'faulty', reason: 'definition-exceeds-request' })
      expect(read).to.have.property('explanation').that.contains(`resources.${field}`)
    })
  }
})
