const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

/**
 * Calls `onHead` when a node says over a WebSocket that there is a new block, until `stop`. It only makes the loop turn sooner: what a
 * socket that broke did not say is found by polling, and it is opened again.
 */
export function watchNewHeads(url: string, onHead: () => void, stop: AbortSignal): void {
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let socket: WebSocket | undefined
  const open = () => {
    const opened = new WebSocket(url)
    socket = opened
    opened.addEventListener('open', () => {
      opened.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params: ['newHeads'] }))
    })
    opened.addEventListener('message', () => {
      failures = 0
      onHead()
    })
    opened.addEventListener('close', () => {
      failures += 1
      if (!stop.aborted) timer = setTimeout(open, Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS))
    })
    // What went wrong is followed by a close.
    opened.addEventListener('error', () => {})
  }
  stop.addEventListener('abort', () => {
    clearTimeout(timer)
    socket?.close()
  })
  open()
}
