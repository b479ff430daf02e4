import { isCliError } from './cliError.ts'
import { EXIT, type ExitCode } from './exitCodes.ts'

/** An error as it is told: a stable code, one sentence, and what the process ends with. */
export interface ToldError {
  readonly code: string
  readonly message: string
  readonly exitCode: ExitCode
}

// By the code of the SDK's errors, and the sentence where the terminal knows better what to do next than the library does.
const TOLD: Readonly<Record<string, { readonly exitCode: ExitCode; readonly message?: string }>> = {
  CHAIN_UNREACHABLE: { exitCode: EXIT.unreachable },
  SERVICE_UNREACHABLE: { exitCode: EXIT.unreachable },
  SERVICE_UNKNOWN: { exitCode: EXIT.usage },
  WRONG_CHAIN: { exitCode: EXIT.wrongGrid },
  CONTRACT_MISSING: { exitCode: EXIT.wrongGrid },
  DEPLOYMENT_INVALID: { exitCode: EXIT.wrongGrid },
  SIGNER_MISMATCH: { exitCode: EXIT.wallet },
  WALLET_MISSING: { exitCode: EXIT.wallet },
  JOB_UNKNOWN: { exitCode: EXIT.notFound },
  PROVIDER_UNKNOWN: { exitCode: EXIT.notFound },
  TIMED_OUT: { exitCode: EXIT.timedOut },
}

// By what a service says: the sentence that follows its own.
const ADVICE_ON_SERVICE: Readonly<Record<string, string>> = {
  UNDERFUNDED: 'Deposit with `dps credit deposit`, or lower the budget.',
  NOT_CUSTOMER: 'Use the wallet of the job’s customer.',
  NOT_READER: 'Use the wallet of the job’s customer.',
  NOT_JOB_PARTY: 'Use the wallet of the job’s customer.',
  LOGIN_EXPIRED: 'Run the command again: it logs in anew.',
  CHAIN_UNANSWERED: 'Try again in a moment.',
}

const NO_ANSWER = ['HttpRequestError', 'TimeoutError', 'WebSocketRequestError', 'SocketClosedError']

/** What to tell of an error that ended a command. */
export function explainError(error: unknown): ToldError {
  if (isCliError(error)) return { code: error.code, message: error.message, exitCode: error.exitCode }
  const code = codeOf(error)
  const told = code === undefined ? undefined : TOLD[code]
  const message = oneLine(error instanceof Error ? error.message : String(error))
  if (code !== undefined && told !== undefined)
    return { code, message: told.message ?? message, exitCode: told.exitCode }
  const chain = causesOf(error)
  if (chain.some(({ name }) => NO_ANSWER.includes(name))) {
    const words = 'The chain node does not answer. Check --rpc, DPS_RPC or `dps config`, and try again.'
    return { code: 'CHAIN_UNREACHABLE', message: words, exitCode: EXIT.unreachable }
  }
  if (chain.some((cause) => /insufficient funds|gas required exceeds allowance \(0\)/i.test(cause.message))) {
    const words =
      'The account has too little native coin for gas. Send it some, or give --gasless: then the relay pays.'
    return { code: 'GAS_MONEY_MISSING', message: words, exitCode: EXIT.wallet }
  }
  const reason = (error as { reason?: unknown }).reason
  const advice = code === 'SERVICE_REFUSED' && typeof reason === 'string' ? ADVICE_ON_SERVICE[reason] : undefined
  return {
    code: code ?? 'FAILED',
    message: advice === undefined ? message : `${message} ${advice}`,
    exitCode: EXIT.refused,
  }
}

function codeOf(error: unknown): string | undefined {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && /^[A-Z][A-Z_]+$/.test(code) ? code : undefined
}

function causesOf(error: unknown): readonly Error[] {
  const chain: Error[] = []
  for (let at = error; at instanceof Error && chain.length < 20; at = at.cause) chain.push(at)
  return chain
}

/** The first paragraph: libraries append requests and versions, which `--debug` shows. */
function oneLine(message: string): string {
  return (message.split(/\n\s*\n/)[0] ?? '').replaceAll(/\s*\n\s*/g, ' ').trim()
}
