import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { MAX_WORKFLOW_BYTES, parseWorkflow } from '../../workflow/parseWorkflow.ts'
import { type WorkflowError, type WorkflowErrorCode, workflowErrorText } from '../../workflow/workflowError.ts'

const RESOURCES = 'resources: {tasks: 1, cpusPerTask: 1, memPerCpu: 128}'
const STEPS = 'steps: [{run: {command: echo x}}]'

function errorsOf(text: string): readonly WorkflowError[] {
  const parsed = parseWorkflow(text)
  return parsed.ok ? [] : parsed.errors
}

/** The texts of all errors, each with its code. */
function told(text: string): readonly string[] {
  return errorsOf(text).map((error) => `${error.code} ${workflowErrorText(error)}`)
}

describe('parseWorkflow', () => {
  it('fills in every default and reads every field', () => {
    expect(parseWorkflow(`${RESOURCES}\n${STEPS}`)).to.deep.equal({
      ok: true,
      workflow: {
        resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 128, gpus: 0 },
        env: [],
        secrets: [],
        notify: [],
        resultFiles: [],
        virtualNetworks: [],
        enableLogging: false,
        continuousOutputSync: false,
        steps: [
          {
            dependsOn: [],
            run: {
              command: 'echo x',
              shell: '/bin/sh',
              env: [],
              dns: [],
              customNetworkInterfaces: [],
              disableCpuBinding: false,
            },
          },
        ],
      },
      warnings: [],
    })
  })

  it('reads the example of the README', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../workflow/README.md'), 'utf8')
    const example = /```yaml\n(.*?)```/s.exec(readme)?.[1] ?? ''
    const parsed = parseWorkflow(example)
    expect(parsed).to.have.nested.property('workflow.timeLimit', 600)
    expect(parsed).to.have.nested.property('workflow.steps[0].run.workDir', '/tmp')
  })

  it('reads the same under a job: key and as JSON', () => {
    const bare = parseWorkflow(`${RESOURCES}\n${STEPS}`)
    const wrapped = {
      job: { resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 128 }, steps: [{ run: { command: 'echo x' } }] },
    }
    expect(bare).to.have.property('ok', true)
    expect(parseWorkflow(JSON.stringify(wrapped))).to.deep.equal(bare)
  })

  it('follows anchors', () => {
    const text = `${RESOURCES}\nsteps:\n  - &s {run: {command: echo x}}\n  - *s`
    expect(parseWorkflow(text)).to.have.nested.property('workflow.steps[1].run.command', 'echo x')
  })

  describe('when fields are wrong', () => {
    it('tells all errors at once, in the order of the text', () => {
      const text = [
        'resources: {tsks: 2, cpusPerTask: -4, memPerCpu: 1.5, gpus: 1000001}',
        'timeLimit: 10x',
        'colour: red',
        'steps:',
        '  - run: {command: 5, shell: bash}',
      ].join('\n')
      expect(told(text)).to.deep.equal([
        'field-missing 1:1 resources.tasks: tasks is missing; expected a whole number from 1 to 1000000',
        'field-unknown 1:13 resources.tsks: "tsks" is no field here; allowed are tasks, cpusPerTask, memPerCpu, gpus. Did you mean tasks?',
        'out-of-range 1:35 resources.cpusPerTask: found -4, expected a whole number from 1 to 65536',
        'out-of-range 1:50 resources.memPerCpu: found 1.5, expected a whole number from 1 to 16777216 MB',
        'out-of-range 1:61 resources.gpus: found 1000001, expected a whole number from 0 to 1000000',
        'value-wrong 2:12 timeLimit: found "10x", expected seconds, or text such as 90s, 10m or 1d12h, from 1 to 31536000 seconds',
        'field-unknown 3:1 colour: "colour" is no field here; allowed are name, resources, timeLimit, startBy, retries, array, affinity, secrets, notify, resultFiles, env, enableLogging, input, inputMode, output, continuousOutputSync, virtualNetworks, steps.',
        'type-wrong 5:20 steps[0].run.command: found 5, expected text of at most 100000 bytes of valid UTF-8 without a zero byte. Put it in quotes',
        'value-wrong 5:30 steps[0].run.shell: found "bash", expected one of /bin/sh, /bin/bash, /bin/ash, ENTRYPOINT. Did you mean /bin/bash?',
      ])
    })

    it('says where a field is under a job: key', () => {
      expect(
        told(`job:\n  resources: {tasks: 1, cpusPerTask: 1, memPerCpu: 1, gpusPerTask: 1}\n  ${STEPS}`),
      ).to.deep.equal([
        'field-unknown 2:55 job.resources.gpusPerTask: "gpusPerTask" is no field here; allowed are tasks, cpusPerTask, memPerCpu, gpus. Say gpus, the number for the whole job.',
      ])
    })

    it('finds fields that stand twice, and variables that are set twice, beside other faults', () => {
      const env = 'env: [{key: A, value: x}, {key: B, value: 1}, {key: A, value: y}]'
      expect(told(`${RESOURCES}\n${STEPS}\n${STEPS}\n${env}`)).to.deep.equal([
        'duplicate 3:1 steps: "steps" stands twice in the same map; keep one',
        'type-wrong 4:43 env[1].value: found 1, expected text of at most 32768 bytes of valid UTF-8 without a zero byte. Put it in quotes',
        'duplicate 4:53 env[2].key: found "A", expected a name that env[0] does not have yet',
      ])
    })

    it('takes a name from the prototype of objects for any other unknown field', () => {
      const codes = errorsOf(`${RESOURCES}\n${STEPS}\n__proto__: {tasks: 1}\nconstructor: 1`).map((error) => error.path)
      expect(codes).to.deep.equal(['__proto__', 'constructor'])
    })

    const faults: readonly (readonly [string, string, WorkflowErrorCode, string])[] = [
      ['an empty text', '', 'type-wrong', ''],
      ['a list', '- 1', 'type-wrong', ''],
      ['empty resources', `resources:\n${STEPS}`, 'type-wrong', 'resources'],
      ['no steps', RESOURCES, 'field-missing', 'steps'],
      ['a list of no steps', `${RESOURCES}\nsteps: []`, 'out-of-range', 'steps'],
      [
        'zero tasks',
        `resources: {tasks: 0, cpusPerTask: 1, memPerCpu: 1}\n${STEPS}`,
        'out-of-range',
        'resources.tasks',
      ],
      [
        'infinite memory',
        `resources: {tasks: 1, cpusPerTask: 1, memPerCpu: .inf}\n${STEPS}`,
        'out-of-range',
        'resources.memPerCpu',
      ],
      [
        'tasks as text',
        `resources: {tasks: "1", cpusPerTask: 1, memPerCpu: 1}\n${STEPS}`,
        'type-wrong',
        'resources.tasks',
      ],
      ['a negative time limit', `${RESOURCES}\n${STEPS}\ntimeLimit: -1`, 'out-of-range', 'timeLimit'],
      ['a time limit of years', `${RESOURCES}\n${STEPS}\ntimeLimit: 366d`, 'value-wrong', 'timeLimit'],
      ['a time limit of nothing', `${RESOURCES}\n${STEPS}\ntimeLimit: []`, 'type-wrong', 'timeLimit'],
      ['an affinity that is none', `${RESOURCES}\n${STEPS}\naffinity: arch`, 'value-wrong', 'affinity'],
      ['a long affinity', `${RESOURCES}\n${STEPS}\naffinity: a=${'x'.repeat(1023)}`, 'value-wrong', 'affinity'],
      ['a long name', `${RESOURCES}\n${STEPS}\nname: ${'é'.repeat(65)}`, 'value-wrong', 'name'],
      ['a name that turns its direction', `${RESOURCES}\n${STEPS}\nname: "a\\u202Eb"`, 'value-wrong', 'name'],
      ['a name with something invisible', `${RESOURCES}\n${STEPS}\nname: "a\\u200Bb"`, 'value-wrong', 'name'],
      ['a name in two lines by Unicode', `${RESOURCES}\n${STEPS}\nname: "a\\u2028b"`, 'value-wrong', 'name'],
      ['a name in two lines', `${RESOURCES}\n${STEPS}\nname: "a\\nb"`, 'value-wrong', 'name'],
      ['logging as text', `${RESOURCES}\n${STEPS}\nenableLogging: yes`, 'type-wrong', 'enableLogging'],
      [
        'a variable name with a dash',
        `${RESOURCES}\n${STEPS}\nenv: [{key: A-B, value: x}]`,
        'value-wrong',
        'env[0].key',
      ],
      [
        'a zero byte in a value',
        `${RESOURCES}\n${STEPS}\nenv: [{key: A, value: "\\0"}]`,
        'value-wrong',
        'env[0].value',
      ],
      [
        'half a character in a value',
        `${RESOURCES}\n${STEPS}\nenv: [{key: A, value: "\\uD800"}]`,
        'value-wrong',
        'env[0].value',
      ],
      [
        'a command beyond one argument',
        `${RESOURCES}\nsteps: [{run: {command: ${'x'.repeat(100_001)}}}]`,
        'value-wrong',
        'steps[0].run.command',
      ],
      [
        'an empty working directory',
        `${RESOURCES}\nsteps: [{run: {command: x, workDir: ""}}]`,
        'value-wrong',
        'steps[0].run.workDir',
      ],
    ]
    for (const [what, text, code, path] of faults) {
      it(`tells ${code} at ${path === '' ? 'the root' : path} for ${what}`, () => {
        expect(errorsOf(text).map((error) => ({ code: error.code, path: error.path }))).to.deep.equal([{ code, path }])
      })
    }
  })

  describe('when the text is no YAML that a workflow can be', function () {
    // Reading the worst text of the largest size takes about two seconds.
    this.timeout(20_000)
    const billionLaughs = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefghij'
        .split('')
        .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[at]}`).join(', ')}]`),
    ].join('\n')
    const faults: readonly (readonly [string, string, WorkflowErrorCode])[] = [
      ['more bytes than a definition may have', `# ${'é'.repeat(MAX_WORKFLOW_BYTES / 2)}`, 'too-large'],
      ['a billion laughs', billionLaughs, 'too-complex'],
      ['an anchor inside itself', 'a: &a [*a]', 'too-complex'],
      ['one long text a thousand times', `a: &a ${'x'.repeat(10_000)}\nb: [${'*a, '.repeat(1_000)}]`, 'too-complex'],
      ['lists in lists to the end', '['.repeat(MAX_WORKFLOW_BYTES - 1), 'too-complex'],
      ['block lists in block lists', '- '.repeat(100_000), 'too-complex'],
      ['names of names', `${'? '.repeat(50_000)}x`, 'too-complex'],
      ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`, 'too-complex'],
      ['more values than allowed', `a: [${'1, '.repeat(20_001)}]`, 'too-complex'],
      ['a list as a name', '? [a]\n: b', 'yaml-invalid'],
      ['an alias of nothing', 'a: *b', 'yaml-invalid'],
      ['two documents', 'a: 1\n---\nb: 1', 'yaml-invalid'],
      ['a tag that makes things', 'a: !!js/function "x"', 'yaml-invalid'],
      ['a broken bracket', 'a: [1', 'yaml-invalid'],
    ]
    for (const [what, text, code] of faults) {
      it(`tells ${code} for ${what}`, () => {
        const [first, ...rest] = errorsOf(text)
        expect(first?.code).to.equal(code)
        expect(rest.length).to.be.lessThan(100)
      })
    }

    it('says line and column of the fault', () => {
      expect(told('a: 1\n  b: 2')).to.include(
        'yaml-invalid 1:4 this is no YAML: Nested mappings are not allowed in compact mappings',
      )
    })
  })

  it('never throws, and places every error inside the text', function () {
    this.timeout(20_000)
    const piece = fc.constantFrom(
      'resources',
      'steps',
      'run',
      ':',
      ' ',
      '\n',
      '  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '&a',
      '*a',
      '"',
      '|',
      '!!str',
      '1',
      '<<',
      '# ',
      'job: ',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 40 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (source) => {
        const lines = source.split('\n').length
        for (const error of errorsOf(source)) {
          expect(error.line).to.be.within(1, lines)
          expect(error.column).to.be.greaterThan(0)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
