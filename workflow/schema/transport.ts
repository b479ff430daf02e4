import { credential, fields, flag, httpUrl, isOneLine, pattern, text, WORKFLOW_LIMITS } from './fields.ts'

const BUCKET = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

const s3 = fields({
  region: pattern(64, 'a region such as us-east-2', /^[A-Za-z0-9-]+$/),
  bucketUrl: pattern(70, 'a bucket such as s3://my-bucket', BUCKET).describe(
    'Such as s3://my-bucket, without a / at its end.',
  ),
  path: text(
    WORKFLOW_LIMITS.path,
    'a path in one line that starts with /',
    (path) => path.startsWith('/') && isOneLine(path),
  ),
  accessKeyId: credential().describe('Best as { fromSecret: NAME }.'),
  secretAccessKey: credential().describe('Best as { fromSecret: NAME }.'),
  endpointUrl: httpUrl,
  deleteSync: flag().default(false).describe('Removes at the destination what the source does not have.'),
})

const http = fields({ url: httpUrl })

/** Where data comes from or goes to: `http` or `s3`. */
export const transport = fields({
  http: http.optional().describe('A file or archive; archives are unpacked. Output goes up by PUT.'),
  s3: s3.optional().describe('A directory or file of a bucket.'),
})
