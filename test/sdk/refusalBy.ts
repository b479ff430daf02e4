/** The error that a call ends with. A call that succeeds fails the test. */
export async function refusalBy(call: Promise<unknown>): Promise<unknown> {
  const nothing = Symbol('no error')
  const error = await call.then(
    () => nothing,
    (cause: unknown) => cause,
  )
  if (error === nothing) throw new Error('expected a refusal, and the call succeeded')
  return error
}
