import { expect } from 'chai'
import { describe, it } from 'mocha'
import { canonicalJson, hashOfJson } from '../../oracle/canonicalJson.ts'

describe('canonicalJson', () => {
  it('gives equal values one text, whatever the order of their keys', () => {
    const left = { b: 1, a: { d: [1n, 'x', null], c: true } }
    const right = { a: { c: true, d: [1n, 'x', null] }, b: 1 }
    expect(canonicalJson(left)).to.equal('{"a":{"c":true,"d":["1","x",null]},"b":1}')
    expect(hashOfJson(left)).to.equal(hashOfJson(right))
  })

  it('leaves out what is undefined', () => {
    expect(canonicalJson({ a: undefined, b: 2 })).to.equal('{"b":2}')
  })

  it('keeps the order of arrays', () => {
    expect(hashOfJson([1, 2])).to.not.equal(hashOfJson([2, 1]))
  })
})
