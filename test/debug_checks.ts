// What the tests of `seshat debug` share: its steps as it tells them to programs, and what it says is wrong.

import type { CommandResult } from './command_line.js'

export interface DebugReport {
  readonly code: number
  /** Status of each step by its name, in their order. */
  readonly steps: Readonly<Record<string, string>>
  readonly details: Readonly<Record<string, string>>
  /** `code: message` of each, with what to do about it. */
  readonly diagnostics: readonly { readonly said: string; readonly hint: string }[]
}

interface Line {
  readonly event: string
  readonly step: string
  readonly status: string
  readonly detail: string
  readonly code: string
  readonly message: string
  readonly hint: string
}

/** @param result of `seshat debug --log-format json` */
export function debugReport({ code, stdout }: CommandResult): DebugReport {
  const lines = stdout.split('\n').flatMap(text => (text === '' ? [] : [JSON.parse(text) as Line]))
  const steps = lines.filter(({ event }) => event === 'debug_step')
  return {
    code,
    steps: Object.fromEntries(steps.map(({ step, status }) => [step, status])),
    details: Object.fromEntries(steps.map(({ step, detail }) => [step, detail])),
    diagnostics: lines
      .filter(({ event }) => event === 'diagnostic')
      .map(line => ({ said: `${line.code}: ${line.message}`, hint: line.hint })),
  }
}

const order = ['project', 'profile', 'models']
const afterConnecting = ['server', 'schemas', 'privileges', 'inputs', 'columns']
export const serverSteps = [...order, 'DNS', 'network', 'TLS', 'login', ...afterConnecting]
export const embeddedSteps = [...order, 'database', ...afterConnecting]
export const snowflakeSteps = [...order, 'driver', 'DNS', 'network', 'TLS', 'login', ...afterConnecting]

/** All steps well up to the one that fails, none reached after it. */
export const failsAt = (steps: readonly string[], failed: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    steps.map((step, index) => {
      const place = index - steps.indexOf(failed)
      return [step, place < 0 ? 'ok' : place === 0 ? 'failed' : 'not reached']
    }),
  )

export const allWell = (steps: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(steps.map(step => [step, 'ok']))
