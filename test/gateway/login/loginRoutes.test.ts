import { expect } from 'chai'
import { afterEach, before, beforeEach, describe, it } from 'mocha'
import { createPublicClient, createTestClient, http } from 'viem'
import { freePort } from '../../../scripts/grid/freePort.ts'
import type { Hex } from '../../../sdk/domain/job.ts'
import { type LoginClaim, loginMessage } from '../../../sdk/gateway/loginMessage.ts'
import { gatewaySession } from '../../../sdk/gatewayFetch.ts'
import { type LocalGrid, localGrid, newAccount } from '../../sdk/localGrid.ts'
import { type LocalGateway, localGateway, nowSeconds } from '../localGateway.ts'

describe('loginRoutes', () => {
  let grid: LocalGrid
  let gateway: LocalGateway
  const account = newAccount()
  before(async () => {
    grid = await localGrid()
  })
  beforeEach(async () => {
    gateway = await localGateway(grid.client())
  })
  afterEach(() => gateway.close())

  const nonce = async (from = gateway): Promise<string> =>
    JSON.parse((await from.ask('POST', '/v1/login/nonce')).text).nonce
  const claim = async (changes: Partial<LoginClaim> = {}): Promise<LoginClaim> => ({
    account: account.address,
    domain: new URL(gateway.url).host,
    uri: gateway.url,
    chainId: grid.deployment.chainId,
    nonce: changes.nonce ?? (await nonce()),
    issuedAt: new Date(),
    expiresAt: new Date(Date.now() + 60_000),
    ...changes,
  })
  const send = (message: string, signature: Hex, to = gateway) =>
    to.ask('POST', '/v1/login', { body: JSON.stringify({ message, signature }) })
  const logIn = async (changes: Partial<LoginClaim> = {}, signer = account) => {
    const message = loginMessage(await claim(changes))
    return send(message, await signer.signMessage({ message }))
  }
  const isLoggedIn = async (token: string, of = gateway) => {
    const answer = await of.ask('HEAD', `/v1/uploads/0x${'00'.repeat(32)}`, { token })
    return answer.status === 200
  }

  it('gives a token for a signed message, and knows the account by it', async () => {
    const answer = await logIn()
    expect(answer.status).to.equal(200)
    const { token, account: who, expiresAt } = JSON.parse(answer.text)
    expect(who).to.equal(account.address)
    expect(expiresAt).to.be.greaterThan(nowSeconds() + 3000)
    expect(await isLoggedIn(token)).to.equal(true)
  })

  it('lets a nonce work once, also after a restart', async () => {
    let named = await localGateway(grid.client(), { settings: { LOGIN_DOMAINS: 'grid.example' } })
    const message = loginMessage(await claim({ domain: 'grid.example', nonce: await nonce(named) }))
    const signature = await account.signMessage({ message })
    expect(await send(message, signature, named)).to.include({ status: 200 })
    expect(await send(message, signature, named)).to.include({ status: 401, code: 'LOGIN_NONCE_USED' })
    named = await named.restart()
    expect(await send(message, signature, named)).to.include({ status: 401, code: 'LOGIN_NONCE_USED' })
    await named.close()
  })

  it('grants one of many logins that come at once with one nonce', async () => {
    const message = loginMessage(await claim())
    const signature = await account.signMessage({ message })
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(message, signature)))
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, ...Array(9).fill(401)])
  })

  it('keeps a login over a restart, and no token on its disk', async () => {
    const { token } = JSON.parse((await logIn()).text)
    gateway = await gateway.restart()
    expect(await isLoggedIn(token)).to.equal(true)
    expect(gateway.everything().includes(token)).to.equal(false)
  })

  it('ends a login when it is asked to, and when its time is over', async () => {
    const first = JSON.parse((await logIn()).text)
    expect((await gateway.ask('DELETE', '/v1/login', { token: first.token })).status).to.equal(204)
    expect(await isLoggedIn(first.token)).to.equal(false)
    const second = JSON.parse((await logIn()).text)
    gateway = await gateway.restart(() => second.expiresAt)
    const answer = await gateway.ask('PATCH', `/v1/uploads/0x${'00'.repeat(32)}?offset=0`, { token: second.token })
    expect(answer).to.include({ status: 401, code: 'LOGIN_EXPIRED' })
  })

  it('refuses a token that nobody was given, and a request without one', async () => {
    const path = `/v1/uploads/0x${'00'.repeat(32)}?offset=0`
    expect(await gateway.ask('PATCH', path, { token: 'guess' })).to.include({ status: 401, code: 'LOGIN_EXPIRED' })
    expect(await gateway.ask('PATCH', path)).to.include({ status: 401, code: 'LOGIN_MISSING' })
  })

  const wrong: readonly (readonly [string, () => Promise<Partial<LoginClaim>>, string])[] = [
    ['a message for another domain', async () => ({ domain: 'evil.example' }), 'LOGIN_DOMAIN_FOREIGN'],
    ['a message for another chain', async () => ({ chainId: 1 }), 'LOGIN_MESSAGE_INVALID'],
    ['a message that has expired', async () => ({ expiresAt: new Date(Date.now() - 1000) }), 'LOGIN_EXPIRED'],
    ['a nonce that it never gave', async () => ({ nonce: '0'.repeat(74) }), 'LOGIN_NONCE_INVALID'],
    ['a nonce that was changed', async () => ({ nonce: `f${(await nonce()).slice(1)}` }), 'LOGIN_NONCE_INVALID'],
    ['a message for another account', async () => ({ account: newAccount().address }), 'SIGNATURE_INVALID'],
  ]
  for (const [what, changes, code] of wrong) {
    it(`refuses ${what}`, async () => {
      expect(await logIn(await changes())).to.include({ status: 401, code })
    })
  }

  it('refuses a nonce of another gateway, and one whose time is over', async () => {
    const other = await localGateway(grid.client())
    const foreign = await nonce(other)
    await other.close()
    expect(await logIn({ nonce: foreign })).to.include({ code: 'LOGIN_NONCE_INVALID' })
    const old = await nonce()
    gateway = await gateway.restart(() => nowSeconds() + 301)
    const late = await logIn({ nonce: old, expiresAt: new Date(Date.now() + 600_000) })
    expect(late).to.include({ code: 'LOGIN_NONCE_INVALID' })
  })

  it('refuses a message with anything beside what a login says', async () => {
    const message = loginMessage(await claim())
    const hostile = [
      `${message}\nResources:\n- https://evil.example`,
      `x ${message}`,
      message.replace('This moves no credits.', 'This moves all credits.'),
      `${message}\n`,
      message.replace(account.address, account.address.toLowerCase()),
      loginMessage({ ...(await claim()), uri: 'https://a.example\nURI: https://b.example' }),
      '',
    ]
    for (const text of hostile) {
      const answer = await send(text, await account.signMessage({ message: text }))
      expect(answer, text).to.include({ status: 401, code: 'LOGIN_MESSAGE_INVALID' })
    }
  })

  it('refuses bodies that are no login', async () => {
    for (const body of ['', '{}', '[]', '{"message":1,"signature":"0x00"}', '\u0000', 'x'.repeat(20_000)]) {
      expect(await gateway.ask('POST', '/v1/login', { body }), body).to.include({ code: 'LOGIN_MESSAGE_INVALID' })
    }
  })

  it('logs neither message nor signature nor token', async () => {
    const { token } = JSON.parse((await logIn()).text)
    const message = loginMessage(await claim({ domain: 'evil.example' }))
    const signature = await account.signMessage({ message })
    await send(message, signature)
    const log = gateway.logged.join('')
    expect(log).to.include('LOGIN_DOMAIN_FOREIGN')
    for (const secret of [token, signature, 'evil.example', account.address]) expect(log).not.to.include(secret)
  })

  it('takes the domains that its settings name, and no other', async () => {
    const named = await localGateway(grid.client(), {
      settings: { LOGIN_DOMAINS: 'grid.example, portal.example:8443' },
    })
    const logInAt = async (domain: string) => {
      const message = loginMessage(await claim({ domain, nonce: await nonce(named) }))
      return (await send(message, await account.signMessage({ message }), named)).status
    }
    expect(await logInAt('grid.example')).to.equal(200)
    expect(await logInAt('portal.example:8443')).to.equal(200)
    expect(await logInAt('portal.example')).to.equal(401)
    expect(await logInAt(new URL(named.url).host)).to.equal(401)
    await named.close()
  })

  describe('given a smart wallet', () => {
    const address = newAccount().address
    // isValidSignature that takes a signature whose first byte is 1.
    const wallet = '0x60643560f81c600114631626ba7e60e01b0260005260206000f3'
    const code = (bytecode: Hex) =>
      createTestClient({ mode: 'anvil', transport: http(grid.rpcUrl) }).setCode({ address, bytecode })
    const logInWith = async (signature: Hex) => send(loginMessage(await claim({ account: address })), signature)

    it('takes what the wallet takes, and refuses what it does not', async () => {
      await code(wallet)
      expect(await logInWith('0x02')).to.include({ status: 401, code: 'SIGNATURE_INVALID' })
      const answer = await logInWith('0x01')
      expect(JSON.parse(answer.text).account).to.equal(address)
    })

    it('refuses where the wallet reverts', async () => {
      await code('0x60006000fd')
      expect(await logInWith('0x01')).to.include({ status: 401, code: 'SIGNATURE_INVALID' })
    })

    it('decides nothing while the chain does not answer, and spends no nonce', async () => {
      const transport = http(`http://127.0.0.1:${await freePort()}`, { retryCount: 0 })
      const cutOff = await localGateway({ ...grid.client(), publicClient: createPublicClient({ transport }) })
      const domain = new URL(cutOff.url).host
      const message = loginMessage(await claim({ account: address, domain, nonce: await nonce(cutOff) }))
      for (const _ of [1, 2]) {
        expect(await send(message, '0x01', cutOff)).to.include({ status: 503, code: 'CHAIN_UNANSWERED' })
      }
      await cutOff.close()
    })
  })

  it('is what the SDK speaks: one signature for many requests, and a new one where the login is gone', async () => {
    let signatures = 0
    const client = grid.client(account, { gatewayUrl: gateway.url })
    const signMessage: typeof client.wallet.signMessage = (...parameters) => {
      signatures += 1
      return client.wallet.signMessage(...parameters)
    }
    const session = gatewaySession({ ...client, wallet: { ...client.wallet, signMessage } })
    const ask = async () => (await session.fetch(`/v1/uploads/0x${'00'.repeat(32)}`, { method: 'HEAD' })).status
    expect(await Promise.all([ask(), ask(), ask()])).to.deep.equal([200, 200, 200])
    expect(signatures).to.equal(1)
    await gateway.ask('DELETE', '/v1/login', { token: await session.token() })
    expect([await ask(), signatures]).to.deep.equal([200, 2])
  })
})
