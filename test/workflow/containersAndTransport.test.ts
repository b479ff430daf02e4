import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { parseWorkflow } from '../../workflow/parseWorkflow.ts'
import type { RenderTarget } from '../../workflow/render/target.ts'
import { renderScript } from '../../workflow/renderScript.ts'
import { skipFor } from '../skipFor.ts'

const LOCAL = { scheduler: 'local', containers: 'none' } as const
const resources = { tasks: 2, cpusPerTask: 1, memPerCpu: 10 }

describe('renderScript beyond bash', function () {
  this.timeout(300_000)
  let directory: string
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'render-script-'))
  })
  after(() => {
    // Podman mounts its store on itself.
    spawnSync('umount', [join(directory, 'podman/store/overlay')])
    rmSync(directory, { recursive: true, force: true })
  })

  async function run(workflow: object, target: RenderTarget, env: Record<string, string> = {}) {
    const parsed = parseWorkflow(JSON.stringify({ resources, ...workflow }))
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
    const storage = mkdtempSync(join(directory, 'storage-'))
    const file = join(storage, 'script')
    writeFileSync(file, renderScript(parsed.workflow, target))
    const script = spawn('/bin/bash', [file], {
      cwd: storage,
      env: { PATH: process.env['PATH'] ?? '', HOME: storage, ...env },
    })
    const printed = { stdout: '', stderr: '' }
    script.stdout.on('data', (chunk) => (printed.stdout += String(chunk)))
    script.stderr.on('data', (chunk) => (printed.stderr += String(chunk)))
    const [status] = await once(script, 'close')
    return { status, storage, ...printed }
  }

  describe('with Podman', () => {
    let env: Record<string, string> | undefined
    before(() => {
      env = podmanWithImage(directory)
    })

    const image = { image: 'grid-test:1', registry: 'localhost' }
    const target = { scheduler: 'local', containers: 'podman' } as const

    it('gives a container the files, variables and secrets of the job, and takes its exports', async function () {
      if (env === undefined) return skipFor(this, 'podman, runc and busybox-static, and root')
      const secrets = join(directory, 'secrets')
      mkdirSync(secrets, { mode: 0o700 })
      writeFileSync(join(secrets, 'KEY'), 'hidden', { mode: 0o600 })
      const command =
        'pwd; echo "$A"; cat "$DEEPSQUARE_SECRETS/KEY"; echo B=2 >>"$DEEPSQUARE_ENV"; echo x >"$DEEPSQUARE_OUTPUT/f"'
      const steps = [
        { run: { container: image, command, env: [{ key: 'A', value: "it's $(x)" }] } },
        { run: { command: 'echo $B' } },
      ]
      const ended = await run({ secrets: ['KEY'], steps }, target, { ...env, DEEPSQUARE_SECRETS: secrets })
      expect(ended).to.include({ status: 0, stdout: "/deepsquare\nit's $(x)\nhidden2\n" })
      expect(readFileSync(join(ended.storage, 'output/f'), 'utf8')).to.equal('x\n')
    })

    it('maps users, keeps the root of a container read-only and passes its exit code', async function () {
      if (env === undefined) return skipFor(this, 'podman, runc and busybox-static, and root')
      const container = { ...image, readOnlyRootFS: true }
      const command = 'id -u; id -g; echo x 2>/dev/null >/file || exit 6'
      const steps = [
        { run: { container, command, mapUid: 1337, mapGid: 1338, workDir: '/tmp', resources: { tasks: 2 } } },
      ]
      expect(await run({ steps }, target, env))
        .to.include({ status: 6 })
        .and.to.have.property('stdout')
        .that.has.length(20)
    })

    it('leaves no container behind what is launched and ended, and hands words to an entry point', async function () {
      if (env === undefined) return skipFor(this, 'podman, runc and busybox-static, and root')
      const steps = [
        { launch: { signalOnParentStepExit: 9, steps: [{ run: { container: image, command: 'sleep 600' } }] } },
        { run: { container: image, shell: 'ENTRYPOINT', command: `echo 'a  b' c` } },
      ]
      expect(await run({ steps }, target, env)).to.include({ status: 0, stdout: 'a  b c\n' })
      expect(
        spawnSync('podman', ['ps', '--all', '--quiet'], { env: { ...process.env, ...env } }).stdout.toString(),
      ).to.equal('')
    })
  })

  describe('with HTTP', () => {
    const received = new Map<string, Buffer>()
    let server: Server
    let address: string
    before(async () => {
      const source = join(directory, 'source')
      mkdirSync(join(source, 'sub'), { recursive: true })
      writeFileSync(join(source, 'sub/file'), 'content')
      const archive = spawnSync('tar', ['--create', '--gzip', '--directory', source, '.']).stdout
      const evil = spawnSync('tar', ['-cPf', '-', '--transform=s,^,../../../evil/,', 'file'], {
        cwd: join(source, 'sub'),
      }).stdout
      server = createServer(async (request, response) => {
        const path = request.url ?? ''
        if (request.method === 'PUT') {
          const chunks: Buffer[] = []
          for await (const chunk of request) chunks.push(chunk as Buffer)
          received.set(path, Buffer.concat(chunks))
          response.end('https://example.org/link\n')
        } else if (path.startsWith('/archive.tar.gz')) response.end(archive)
        else if (path === '/evil.tar') response.end(evil)
        else if (path.endsWith('plain%20text')) response.end('plain')
        else response.writeHead(404).end()
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    })
    after(() => server.close())

    it('unpacks an archive, sets its mode and sends what is in the output', async () => {
      const command =
        'cat "$DEEPSQUARE_INPUT/sub/file"; mkdir "$DEEPSQUARE_OUTPUT/d"; echo 1 >"$DEEPSQUARE_OUTPUT/d/in"; echo 2 >"$DEEPSQUARE_OUTPUT/a b"'
      const workflow = {
        input: { http: { url: `${address}/archive.tar.gz?token=1&x={a,b}`.replace(/[{}]/g, '') } },
        inputMode: 448,
        output: { http: { url: `${address}/up/` } },
        steps: [{ run: { command } }],
      }
      expect(await run(workflow, LOCAL)).to.include({
        status: 0,
        stdout: 'contenthttps://example.org/link\nhttps://example.org/link\n',
      })
      expect([...received.keys()].sort()).to.deep.equal(['/up/a%20b', '/up/d.tar.gz'])
      expect(received.get('/up/a%20b')?.toString()).to.equal('2\n')
    })

    it('keeps a file that is no archive by its name, and sends the one output to an address of its own', async () => {
      const workflow = {
        input: { http: { url: `${address}/..%2fplain%20text` } },
        output: { http: { url: `${address}/result?signature=1` } },
        steps: [{ run: { command: 'ls -A "$DEEPSQUARE_INPUT"; echo done >"$DEEPSQUARE_OUTPUT/x"; exit 3' } }],
      }
      const ended = await run(workflow, LOCAL)
      expect(ended.status).to.equal(3)
      expect(ended.stdout).to.match(/^\.\.plain text\n/)
      expect(received.get('/result?signature=1')?.toString()).to.equal('done\n')
    })

    it('writes nothing outside of the input, whatever an archive says', async () => {
      const workflow = {
        input: { http: { url: `${address}/evil.tar` } },
        steps: [{ run: { command: 'ls -R "$DEEPSQUARE_INPUT"' } }],
      }
      await run(workflow, LOCAL)
      expect(existsSync(join(directory, 'evil'))).to.equal(false)
      expect(existsSync(join(directory, '../evil'))).to.equal(false)
    })

    it('runs no step where the input is not there', async () => {
      const workflow = { input: { http: { url: `${address}/gone` } }, steps: [{ run: { command: 'echo never' } }] }
      const ended = await run(workflow, LOCAL)
      expect(ended).to.include({ status: 22, stdout: '' })
      expect(ended.stderr).to.include('404')
    })
  })
})

/** Settings for a Podman of its own with a small image; undefined where there is no Podman that runs. */
function podmanWithImage(directory: string): Record<string, string> | undefined {
  const parts = ['/bin/busybox'].every(existsSync) && process.getuid?.() === 0
  if (!parts || spawnSync('podman', ['--version']).status !== 0) return undefined
  const home = join(directory, 'podman')
  const root = join(home, 'root')
  for (const name of ['bin', 'tmp', 'usr']) mkdirSync(join(root, name), { recursive: true })
  spawnSync('cp', ['/bin/busybox', join(root, 'bin')])
  for (const name of ['sh', 'id', 'cat', 'echo', 'pwd', 'sleep']) symlinkSync('busybox', join(root, 'bin', name))
  const limits = 'default_ulimits = ["nofile=1024:20000", "nproc=1024:2048"]'
  const engine = 'runtime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"'
  writeFileSync(join(home, 'containers.conf'), `[containers]\n${limits}\n[engine]\n${engine}\n`)
  const storage = `driver = "overlay"\ngraphroot = "${home}/store"\nrunroot = "${home}/run"`
  writeFileSync(join(home, 'storage.conf'), `[storage]\n${storage}\n`)
  const env = { CONTAINERS_CONF: join(home, 'containers.conf'), CONTAINERS_STORAGE_CONF: join(home, 'storage.conf') }
  const options = { env: { ...process.env, ...env } }
  const layer = join(home, 'layer.tar')
  spawnSync('tar', ['--create', '--file', layer, '--directory', root, '.'])
  const imported = spawnSync('podman', ['import', layer, 'localhost/grid-test:1'], options)
  return imported.status === 0 ? env : undefined
}
