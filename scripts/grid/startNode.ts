import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { freePort } from './freePort.ts'
import { ServiceNotStarted, stopProcess } from './startService.ts'

/** A local chain. */
export interface ChainNode {
  readonly url: string
  readonly process: ChildProcess
  stop(): Promise<void>
}

/** Starts anvil on a free port and waits until it answers. Another port is tried where one was taken in between. */
export async function startNode(folder: string, tries = 5): Promise<ChainNode> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(anvil(), ['--host', '127.0.0.1', '--port', String(port), '--hardfork', 'osaka', '--silent'], {
    detached: true,
    env: { PATH: process.env['PATH'] ?? '', GRID_FOLDER: folder },
    stdio: 'ignore',
  })
  if (await answers(url, child)) return { url, process: child, stop: () => stopProcess(child) }
  await stopProcess(child)
  if (tries <= 1) throw new ServiceNotStarted('the chain node', 'it does not answer')
  return startNode(folder, tries - 1)
}

async function answers(url: string, child: ChildProcess): Promise<boolean> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] })
  for (let attempt = 0; attempt < 200 && child.exitCode === null; attempt++) {
    const request = fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    // Until it listens, the connection is refused.
    const answer = await request.catch(() => undefined)
    if (answer?.ok) return true
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return false
}

/** The binary itself: the package's wrapper would stay between it and its signals. */
function anvil(): string {
  const require = createRequire(import.meta.url)
  const wrapper = dirname(require.resolve('@foundry-rs/anvil/package.json'))
  const platform = `@foundry-rs/anvil-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
  return join(dirname(require.resolve(`${platform}/package.json`, { paths: [wrapper] })), 'bin', 'anvil')
}
