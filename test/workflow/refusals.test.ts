import { expect } from 'chai'
import { describe, it } from 'mocha'
import { parseWorkflow } from '../../workflow/parseWorkflow.ts'
import { DEFAULT_POLICY, type ProviderPolicy, refusalsOf } from '../../workflow/refusals.ts'
import type { RenderTarget } from '../../workflow/render/target.ts'

const PODMAN: RenderTarget = { scheduler: 'local', containers: 'podman' }
const STRICT: ProviderPolicy = { hostMounts: ['/opt/models'], hostNetwork: false, rootUser: false }

function reasons(run: object, target: RenderTarget, policy: ProviderPolicy): readonly string[] {
  const steps = [{ steps: [{ run: { command: 'x', ...run } }] }]
  const parsed = parseWorkflow(JSON.stringify({ resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 1 }, steps }))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return refusalsOf(parsed.workflow, target, policy).map(({ path, reason }) => `${path} ${reason}`)
}

const mounting = (hostDir: string) => ({
  network: 'pasta',
  container: { image: 'a', mounts: [{ hostDir, containerDir: '/m', options: 'ro' }] },
})

describe('refusalsOf', () => {
  const own = { network: 'slirp4netns', customNetworkInterfaces: [{ bore: { boreAddress: 'a:1', targetPort: 1 } }] }
  const cases: readonly (readonly [
    what: string,
    run: object,
    target: RenderTarget,
    policy: ProviderPolicy,
    string[],
  ])[] = [
    ['a plain command', {}, PODMAN, DEFAULT_POLICY, []],
    ['a directory of the host', mounting('/opt/models'), PODMAN, DEFAULT_POLICY, ['run.container host-mounts']],
    ['a directory that it gives', mounting('/opt/models/x'), PODMAN, STRICT, []],
    ['a directory beside it', mounting('/opt/models2'), PODMAN, STRICT, ['run.container host-mounts']],
    ['the network of the host where nothing is said', {}, PODMAN, STRICT, ['run.network host-network']],
    ['root', { network: 'pasta', mapUid: 0 }, PODMAN, STRICT, ['run.mapUid uid-0']],
    [
      'a container where there is none',
      { container: { image: 'a' } },
      { scheduler: 'local', containers: 'none' },
      DEFAULT_POLICY,
      ['run.container containers-unsupported'],
    ],
    [
      'interfaces of a Podman container',
      { ...own, container: { image: 'a' } },
      PODMAN,
      DEFAULT_POLICY,
      ['run.customNetworkInterfaces interfaces-unsupported'],
    ],
    ['interfaces of a command', own, PODMAN, DEFAULT_POLICY, []],
    [
      'another user in Apptainer',
      { mapUid: 5, container: { image: 'a' } },
      { scheduler: 'slurm', containers: 'apptainer' },
      DEFAULT_POLICY,
      ['run.mapUid map-uid-unsupported'],
    ],
  ]
  for (const [what, run, target, policy, expected] of cases) {
    it(`answers ${what} with ${expected.length === 0 ? 'nothing' : expected.join()}`, () => {
      expect(reasons(run, target, policy)).to.deep.equal(expected.map((one) => `steps[0].steps[0].${one}`))
    })
  }

  it('refuses a module that the definition does not hold', () => {
    const steps = [{ use: { source: 'git.example.org/a/b@v1' } }]
    const parsed = parseWorkflow(JSON.stringify({ resources: { tasks: 1, cpusPerTask: 1, memPerCpu: 1 }, steps }))
    const refused = parsed.ok ? refusalsOf(parsed.workflow, PODMAN, DEFAULT_POLICY) : []
    expect(refused.map(({ reason }) => reason)).to.deep.equal(['module-missing'])
  })
})
