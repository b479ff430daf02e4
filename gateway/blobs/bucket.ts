import { AwsClient } from 'aws4fetch'
import { type Blobs, checkKey } from './blobs.ts'

const TIMEOUT_MS = 30_000
const TRIES = 3

/** A bucket of any service that speaks the protocol of S3. */
export interface BucketOptions {
  /** URL of the bucket itself, path-style: `https://s3.example/bucket`. */
  readonly url: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** The bucket did not do what it was asked. */
export class BucketFailed extends Error {
  readonly code = 'BUCKET_FAILED'
  override readonly name = 'BucketFailed'
  readonly status: number
  constructor(method: string, status: number) {
    super(`The bucket answered ${status} to ${method}. Check BUCKET_URL, its keys and the rights that they have.`)
    this.status = status
  }
}

/** Blobs as objects of a bucket. Throws BucketFailed where the bucket does not let the keys in, and what `fetch` throws. */
export async function openBucket({ url, ...options }: BucketOptions): Promise<Blobs> {
  const client = new AwsClient({ ...options, service: 's3', retries: TRIES })
  const base = url.replace(/\/+$/, '')
  const probe = await client.fetch(base, { method: 'HEAD', signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (!probe.ok) throw new BucketFailed('HEAD', probe.status)
  const ask = async (method: string, key: string, body?: Uint8Array): Promise<Response> => {
    const init = { method, signal: AbortSignal.timeout(TIMEOUT_MS) }
    const bytes = body === undefined ? {} : { body: new Uint8Array(body) }
    const response = await client.fetch(`${base}/${checkKey(key)}`, { ...init, ...bytes })
    if (!response.ok && response.status !== 404) throw new BucketFailed(method, response.status)
    return response
  }
  return {
    async write(key, bytes) {
      const { status } = await ask('PUT', key, bytes)
      // Here it means that there is no such bucket.
      if (status === 404) throw new BucketFailed('PUT', status)
    },
    async read(key) {
      const response = await ask('GET', key)
      return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined
    },
    has: async (key) => (await ask('HEAD', key)).ok,
    remove: async (key) => void (await ask('DELETE', key)),
  }
}
