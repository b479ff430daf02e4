const REFUSED: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\b(?:TODO|FIXME|XXX)\b/, 'leaves work for later'],
  [/(?<![\w./-])\/(?:home|root|tmp|Users|work)\/\w/, 'names a path of one machine'],
]

/** What of a text must not be committed, one sentence for each line that breaks a rule. */
export function proseViolations(path: string, text: string): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const broken = REFUSED.filter(([pattern]) => pattern.test(line))
    return broken.map(([, what]) => `${path}:${index + 1} ${what}`)
  })
}

/** The relative links of a Markdown text, without their fragments. */
export function relativeLinks(markdown: string): readonly string[] {
  const targets = [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '')
  return targets.filter((target) => !/^(?:[a-z]+:|#)/.test(target)).map((target) => target.replace(/#.*$/, ''))
}

/** Addresses in a lock file from which packages would be fetched, other than the public registry's. */
export function foreignRegistries(lock: {
  readonly packages: Readonly<Record<string, { readonly resolved?: string }>>
}) {
  const addresses = Object.values(lock.packages).flatMap(({ resolved }) => (resolved === undefined ? [] : [resolved]))
  return addresses.filter((address) => !address.startsWith('https://registry.npmjs.org/'))
}
