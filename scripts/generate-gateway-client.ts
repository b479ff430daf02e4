import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import { compile, type JSONSchema } from 'json-schema-to-typescript'
import { indexRoutes } from '../gateway/index/http/indexRoutes.ts'
import type { IndexParts } from '../gateway/index/indexParts.ts'

const folder = join(import.meta.dirname, '..', 'sdk', 'gatewayApi')

/** What of an OpenAPI description the client follows from. */
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, JSONSchema>> }
}

interface Operation {
  readonly operationId: string
  readonly summary?: string
  readonly parameters?: readonly { in: string; name: string; required?: boolean; schema: JSONSchema }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JSONSchema }>> }
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: JSONSchema }>> }>>
}

/** The description that a gateway serves; no route is ever asked. */
async function describe(): Promise<Description> {
  const server = Fastify()
  indexRoutes(server, {} as IndexParts)
  const description = (await server.inject('/v1/openapi.json')).json<Description>()
  await server.close()
  return description
}

/** Types of every operation: what is sent, and what a success answers. */
async function typesOf(description: Description): Promise<string> {
  const operations = operationsOf(description)
  const calls = Object.fromEntries(operations.map(({ operation }) => [operation.operationId, callSchema(operation)]))
  const schema = objectOf(calls, Object.keys(calls))
  // Components of the description become definitions of one schema.
  const text = JSON.stringify({ ...schema, definitions: description.components.schemas })
  const whole: JSONSchema = JSON.parse(text.replaceAll('#/components/schemas/', '#/definitions/'))
  return compile(whole, 'GatewayCalls', {
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    bannerComment: '',
    style: { semi: false, singleQuote: true, printWidth: 120 },
    unreachableDefinitions: false,
  })
}

function operationsOf({ paths }: Description) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
}

function callSchema({ summary, parameters = [], requestBody, responses }: Operation): JSONSchema {
  const named = (where: string) => {
    const some = parameters.filter((parameter) => parameter.in === where)
    const required = some.filter((parameter) => parameter.required).map(({ name }) => name)
    return objectOf(Object.fromEntries(some.map(({ name, schema }) => [name, schema])), required)
  }
  const body = requestBody?.content['application/json']?.schema
  const answer = responses['200']?.content?.['application/json']?.schema ?? {}
  const parts = { path: named('path'), query: named('query'), ...(body === undefined ? {} : { body }), answer }
  return { ...objectOf(parts, Object.keys(parts)), ...(summary === undefined ? {} : { description: `${summary}.` }) }
}

function objectOf(properties: Record<string, JSONSchema>, required: string[]): JSONSchema {
  return { type: 'object', properties, required, additionalProperties: false }
}

async function main(): Promise<void> {
  const description = await describe()
  const routes = operationsOf(description).map(
    ({ path, method, operation }) => `  ${operation.operationId}: { method: '${method}', path: '${path}' },\n`,
  )
  const text =
    '/** The public calls of the gateway, generated from its OpenAPI description. */\n' +
    `export const GATEWAY_ROUTES = {\n${routes.join('')}} as const\n\n${await typesOf(description)}`
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'gatewayCalls.ts'), text)
}

await main()
