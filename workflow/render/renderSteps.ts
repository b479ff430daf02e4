import { quoteForBash } from '../quoteForBash.ts'
import { type ForLoop, type Launch, SIGNALS, type Step, type Use } from '../schema/steps.ts'
import type { Workflow } from '../schema.ts'
import { renderRun } from './renderRun.ts'
import type { RenderTarget } from './target.ts'
import { assignment } from './words.ts'

/** Writes the functions of steps, inner ones first. A step is called step_1_2, the list that it holds level_1_2. */
export class StepWriter {
  readonly #workflow: Workflow
  readonly #target: RenderTarget
  readonly #functions: string[] = []

  constructor(workflow: Workflow, target: RenderTarget) {
    this.#workflow = workflow
    this.#target = target
  }

  /** The text of every function so far. */
  get text(): string {
    return this.#functions.join('')
  }

  /** Writes a list of steps as a function, and returns the function's name. */
  level(id: string, steps: readonly Step[]): string {
    const calls = steps.map((step, at) => this.#step(`${id}_${at + 1}`, step))
    return this.#function(`level${id}`, [
      'local -A handles=()',
      'local -a launched=() awaited=()',
      calls.length === 0 ? 'true' : calls.join(' &&\n    '),
      'end_level $?',
    ])
  }

  #step(id: string, step: Step): string {
    const { launch } = step
    const body = [...(launch === undefined ? this.#action(id, step) : [this.level(id, launch.steps)])]
    const lines = launch === undefined ? this.#handled(id, step, body) : this.#launched(id, step, launch, body)
    const { name } = step
    // The colon keeps a name from being read as a directive of shellcheck.
    return this.#function(`step${id}`, [...(name === undefined ? [] : [`# Name: ${name}`]), ...guards(step), ...lines])
  }

  #action(id: string, step: Step): readonly string[] {
    if (step.run !== undefined) return this.#run(id, step.run, step.name)
    if (step.steps !== undefined) return [this.level(id, step.steps)]
    if (step.for !== undefined) return this.#loop(id, step.for)
    if (step.use !== undefined) return this.#use(id, step.use)
    return ['true']
  }

  #run(id: string, run: NonNullable<Step['run']>, name: string | undefined): readonly string[] {
    const order = { run, id, name: name ?? `step${id}`, workflow: this.#workflow, target: this.#target }
    const { functions, lines } = renderRun(order)
    this.#functions.push(functions)
    return lines
  }

  /** With catch and finally, what they belong to is a function of its own whose status they see. */
  #handled(id: string, step: Step, body: readonly string[]): readonly string[] {
    if (step.catch === undefined && step.finally === undefined) return body
    this.#function(`body${id}`, body)
    const lines = ['local code status own', `body${id}`, 'code=$? status=$?']
    if (step.catch !== undefined) {
      const level = this.level(`${id}_catch`, step.catch)
      lines.push('if ((code != 0 && stopped == 0)); then', `  with_error_code "$code" ${level}`, '  status=$?', 'fi')
    }
    if (step.finally !== undefined) {
      const level = this.level(`${id}_finally`, step.finally)
      lines.push(`finally "$code" ${level}`, 'own=$?', 'if ((status == 0)); then status=$own; fi')
    }
    return [...lines, 'return "$status"']
  }

  #launched(id: string, step: Step, launch: Launch, body: readonly string[]): readonly string[] {
    const inside = this.#function(`launched${id}`, this.#handled(id, step, body))
    const signal = SIGNALS[launch.signalOnParentStepExit] ?? 'none'
    const handle = launch.handleName?.toLowerCase()
    // Before it is armed a shell in the background dies of SIGTERM, but would miss the others.
    const armed = signal === 'none' || signal === 'TERM' || signal === 'HUP'
    return [
      ...(armed ? [] : ['local ready=$STORAGE_PATH/.deepsquare/ready.$BASHPID', 'mkfifo -- "$ready" || return']),
      '(',
      '  arm_background',
      ...(armed ? [] : ['  echo >"$ready"']),
      `  ${inside}`,
      '  finish $?',
      ') &',
      `launched[$!]=${signal} shells[$!]=1`,
      ...(handle === undefined ? [] : [`handles[${handle}]=$!`]),
      ...(armed ? [] : ['read -r _ <"$ready"', 'rm -f -- "$ready"']),
    ]
  }

  #loop(id: string, loop: ForLoop): readonly string[] {
    const level = this.level(id, loop.steps)
    const { items, range } = loop
    const variables = range === undefined ? '"index=$index" "item=$item"' : '"index=$index"'
    const round = loop.parallel
      ? [`  start_round ${level} ${variables}`]
      : [`  local scope=("\${around[@]}" ${variables})`, `  ${level} || return`]
    const before = loop.parallel ? ['local rounds=()'] : ['local around=("${scope[@]}")']
    const after = loop.parallel ? ['end_rounds'] : []
    if (range !== undefined) {
      const { begin, end, increment } = range
      const isPast = increment > 0 ? `index <= ${end}` : `index >= ${end}`
      const head = `for ((index = ${begin}; ${isPast}; index += ${increment})); do`
      return [...before, 'local index', head, ...round, 'done', ...after]
    }
    const words = (items ?? []).map((item) => `  ${quoteForBash(item)}`)
    return [
      ...before,
      'local index=0 item items',
      ...(words.length === 0 ? ['items=()'] : ['items=(', ...words, ')']),
      'for item in "${items[@]}"; do',
      ...round,
      '  index=$((index + 1))',
      'done',
      ...after,
    ]
  }

  /** A module has a file of exports of its own; its outputs go to whoever uses it. */
  #use(id: string, { source, args, module, exportEnvAs }: Use): readonly string[] {
    if (module === undefined)
      return [`echo ${quoteForBash(`grid: the module ${source} was not fetched`)} >&2`, 'return 125']
    const { inputs, outputs, steps } = module
    const given = new Map(args.map(({ key, value }) => [key, value]))
    const values = inputs.map(({ key, default: value }) => assignment({ key, value: given.get(key) ?? value }))
    const level = this.level(id, steps)
    const inside = this.#function(`module${id}`, [
      'local around=("${env_files[@]}") before=("${scope[@]}")',
      'local env_files=("${around[@]}" "$1")',
      `local scope=(${['"${before[@]}"', ...values].join(' ')})`,
      level,
    ])
    const prefix = exportEnvAs === undefined ? "''" : `${exportEnvAs}_`
    const names = outputs === undefined ? '' : [' ""', ...outputs.map(({ key }) => key)].join(' ')
    return [
      'local exported',
      'exported=$(mktemp "$STORAGE_PATH/.deepsquare/module.XXXXXX") || return',
      'exported=${exported#"$STORAGE_PATH/"}',
      `${inside} "$exported" || return`,
      `export_outputs "$exported" ${prefix}${names}`,
    ]
  }

  #function(name: string, lines: readonly string[]): string {
    this.#functions.push(`\n${name}() {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`)
    return name
  }
}

function guards({ dependsOn, if: condition }: Step): readonly string[] {
  return [
    'if ((stopped)); then return "$stopped"; fi',
    ...dependsOn.map((handle) => `depend_on ${handle.toLowerCase()} || return`),
    ...(condition === undefined
      ? []
      : [
          'local held',
          `holds ${quoteForBash(condition)}`,
          'held=$?',
          'if ((held == 1)); then return 0; elif ((held)); then return "$held"; fi',
        ]),
  ]
}
