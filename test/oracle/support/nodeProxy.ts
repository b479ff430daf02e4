import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A proxy before a chain node that cuts the line on calls of some methods. */
export interface NodeProxy {
  readonly url: string
  /** Methods that are not passed on; `*` stands for all. */
  readonly cut: Set<string>
  /** How often each method was called. */
  readonly calls: ReadonlyMap<string, number>
  /** Resolves when a call of a cut method arrives. */
  arrival(): Promise<void>
  stop(): void
}

export async function startNodeProxy(target: string): Promise<NodeProxy> {
  const cut = new Set<string>()
  const calls = new Map<string, number>()
  let arrived = () => {}
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    const methods = [...body.matchAll(/"method":"(\w+)"/g)].map(([, method]) => method ?? '')
    for (const method of methods) calls.set(method, (calls.get(method) ?? 0) + 1)
    if (cut.has('*') || methods.some((method) => cut.has(method))) {
      request.socket.destroy()
      return arrived()
    }
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(target, { method: 'POST', headers, body })
    response.writeHead(answer.status, headers).end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    calls,
    arrival: () => new Promise((resolve) => (arrived = resolve)),
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
