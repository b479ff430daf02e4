import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { parseWorkflow } from '../../workflow/parseWorkflow.ts'

const JOB = { resources: { tasks: 2, cpusPerTask: 1, memPerCpu: 10, gpus: 1 } }
const X = { run: { command: 'x' } }

/** Errors or, where there are none, warnings, as `code path`. */
function told(workflow: object): readonly string[] {
  const parsed = parseWorkflow(JSON.stringify({ ...JOB, ...workflow }))
  return (parsed.ok ? parsed.warnings : parsed.errors).map(({ code, path }) => `${code} ${path}`)
}

const of = (step: object) => told({ steps: [step] })

describe('crossFaults', () => {
  const launch = (handleName: string) => ({ launch: { handleName, steps: [X] } })
  const cases: readonly (readonly [what: string, workflow: object, expected: string[]])[] = [
    ['two actions in a step', { steps: [{ ...X, steps: [X] }] }, ['conflict steps[0].steps']],
    ['a loop over nothing', { steps: [{ for: { steps: [X] } }] }, ['field-missing steps[0].for']],
    [
      'an unknown handle',
      { steps: [launch('work'), { ...X, dependsOn: ['wrok'] }] },
      ['reference-unknown steps[1].dependsOn[0]'],
    ],
    [
      'a handle of a later step',
      { steps: [{ ...X, dependsOn: ['a'] }, launch('a')] },
      ['reference-unknown steps[0].dependsOn[0]'],
    ],
    [
      'a handle of another level',
      { steps: [{ steps: [launch('a')] }, { ...X, dependsOn: ['a'] }] },
      ['reference-unknown steps[1].dependsOn[0]'],
    ],
    ['two handles of one name', { steps: [launch('a'), launch('A'), X] }, ['duplicate steps[1].launch.handleName']],
    [
      'an entry point of no image',
      { steps: [{ run: { command: 'x', shell: 'ENTRYPOINT' } }] },
      ['conflict steps[0].run.shell'],
    ],
    ['an output to nowhere', { output: {}, steps: [X] }, ['field-missing output']],
    [
      'a secret that is not named',
      { notify: [{ webhook: { fromSecret: 'A' } }], steps: [X] },
      ['reference-unknown notify[0].webhook.fromSecret'],
    ],
    [
      'a vnet that is not named',
      {
        steps: [
          {
            run: {
              command: 'x',
              network: 'pasta',
              mapUid: 0,
              customNetworkInterfaces: [{ vnet: { name: 'n', address: '10.0.0.1/8' } }],
            },
          },
        ],
      },
      ['reference-unknown steps[0].run.customNetworkInterfaces[0].vnet.name'],
    ],
    [
      'a path that leads out of the results',
      { resultFiles: ['a/../../b', '/etc/passwd', 'ok/*'], steps: [X] },
      ['value-wrong resultFiles[0]', 'value-wrong resultFiles[1]'],
    ],
    [
      'an image that leads out of the job',
      { steps: [{ run: { command: 'x', container: { image: '/../../etc/image' } } }] },
      ['value-wrong steps[0].run.container.image'],
    ],
    [
      'an address that ends a line',
      { input: { http: { url: 'http://a/"\nb' } }, steps: [X] },
      ['value-wrong input.http.url'],
    ],
    [
      'a mount that holds another',
      {
        steps: [
          {
            run: {
              command: 'x',
              container: { image: 'a', mounts: [{ hostDir: '/a:/b', containerDir: '/c,d', options: 'ro' }] },
            },
          },
        ],
      },
      [
        'value-wrong steps[0].run.container.mounts[0].hostDir',
        'value-wrong steps[0].run.container.mounts[0].containerDir',
      ],
    ],
  ]
  for (const [what, workflow, expected] of cases) {
    it(`tells of ${what}`, () => expect(told(workflow)).to.deep.equal(expected))
  }

  it('names the handle that was meant', () => {
    const parsed = parseWorkflow(JSON.stringify({ ...JOB, steps: [launch('work'), { ...X, dependsOn: ['wrok'] }] }))
    expect(parsed.ok ? '' : parsed.errors[0]?.message).to.include('Did you mean work?')
  })

  it('tells its faults beside those of single fields', () => {
    expect(told({ steps: [{ ...X, steps: [X] }, { run: { command: 5 } }] })).to.deep.equal([
      'conflict steps[0].steps',
      'type-wrong steps[1].run.command',
    ])
  })
})

describe('warningsOf', () => {
  const run = (more: object) => ({ run: { command: 'x', ...more } })
  const cases: readonly (readonly [what: string, step: object, expected: string[]])[] = [
    ['a step that does nothing', { name: 'x' }, ['step-empty steps[0]']],
    [
      'steps that nothing reaches',
      { for: { range: { begin: 2, end: 1 }, steps: [X] } },
      ['step-unreached steps[0].for.steps'],
    ],
    ['more tasks than the job has', run({ resources: { tasks: 3 } }), ['exceeds-job steps[0].run.resources.tasks']],
    [
      'more GPUs than the job has',
      run({ resources: { tasks: 2, gpusPerTask: 1 } }),
      ['exceeds-job steps[0].run.resources.gpusPerTask'],
    ],
    [
      'more memory than the job has',
      run({ resources: { memPerCpu: 21 } }),
      ['exceeds-job steps[0].run.resources.memPerCpu'],
    ],
    ['name servers of the host', run({ dns: ['9.9.9.9'] }), ['has-no-effect steps[0].run.dns']],
    ['what is launched and ended at once', { launch: { steps: [X] } }, ['launch-ended-early steps[0].launch']],
    [
      'a password in the text',
      run({ container: { image: 'a', username: 'u', password: 'p' } }),
      ['credential-in-text steps[0].run.container.password'],
    ],
    [
      'nothing in a plain step',
      run({ container: { image: 'a', readOnlyRootFS: true }, network: 'pasta', dns: ['9.9.9.9'] }),
      [],
    ],
  ]
  for (const [what, step, expected] of cases) {
    it(`tells of ${what}`, () => expect(of(step)).to.deep.equal(expected))
  }
})

describe('the workflows that users of DeepSquare have', () => {
  const directory = join(import.meta.dirname, '../../../shared/workflows')
  const wrong = new Map([
    ['map-uid.yaml', ['steps[3].network', 'steps[4].network', 'steps[5].network']],
    ['multi-node.yaml', ['steps[0].resources']],
    ['stable-diffusion.yaml', ['steps[0].run.resources.gpus']],
  ])

  // They belong to their authors and are no part of a checkout; where they are not, there is nothing to check.
  const isHere = existsSync(directory)
  if (!isHere && process.env['CI'] === undefined) it.skip('are read (needs the folder ../shared/workflows)')
  if (!isHere) return

  it('are read, but for fields that stand where the schema has none', () => {
    const files = readdirSync(directory).filter((file) => file.endsWith('.yaml'))
    expect(files).to.have.length(10)
    for (const file of files) {
      const parsed = parseWorkflow(readFileSync(join(directory, file), 'utf8'))
      const paths = parsed.ok ? [] : parsed.errors.map(({ path }) => path.replace(/^job\./, ''))
      expect(paths, file).to.deep.equal(wrong.get(file) ?? [])
    }
  })
})
