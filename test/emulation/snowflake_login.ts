// Who may log in at the local Snowflake server: by password, by a token signed with a key, by an OAuth token.

import { createHash, type KeyObject, verify } from 'node:crypto'

export interface Accounts {
  readonly user: string
  readonly password?: string
  /** Of the user's key pair. */
  readonly publicKey?: KeyObject
  /** Of an OAuth session. */
  readonly token?: string
}

/** What a login request says. */
export type Login = Readonly<Record<string, unknown>>

/** Undefined where the login is right; else an answer that repeats what it was given, as bad servers do. */
export function refusal(login: Login, accounts: Accounts): unknown {
  const [user, password, token] = [login['LOGIN_NAME'], login['PASSWORD'], login['TOKEN']].map(String)
  const denied = (code: string, message: string) => ({ success: false, code, message, data: {} })
  switch (login['AUTHENTICATOR']) {
    case 'SNOWFLAKE_JWT':
      return isSigned(token ?? '', accounts)
        ? undefined
        : denied('390144', `JWT token is invalid: ${String(token)}.`)
    case 'OAUTH':
    case 'PROGRAMMATIC_ACCESS_TOKEN':
      return accounts.token !== undefined && token === accounts.token
        ? undefined
        : denied('390303', `Invalid OAuth access token: ${String(token)}.`)
    default:
      return accounts.password !== undefined && user === accounts.user && password === accounts.password
        ? undefined
        : denied('390100', `Incorrect username or password was specified: ${String(password)}.`)
  }
}

/** RS256 over the first two parts; issuer and subject as Snowflake's documentation of key pairs has them. */
function isSigned(token: string, { user, publicKey }: Accounts): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.')
  if (!publicKey) return false
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Login
  const subject = `TEST.${user.toUpperCase()}`
  const key = createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('base64')
  return (
    claims['sub'] === subject &&
    claims['iss'] === `${subject}.SHA256:${key}` &&
    verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url'))
  )
}
