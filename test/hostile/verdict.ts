// A case and what came of it -> whether it holds: what each input has to end in, whatever it is.

import assert from 'node:assert/strict'
import type { HostileCase } from './case.js'
import type { Outcome } from './runner.js'

/** Of the exit codes that are documented, those that need no database. */
const exitCodes = [0, 1, 2, 4]
/** A stack trace, or words that only a bug says. */
const internals =
  /internal-error|^\s+at .*:\d+:\d+|(Type|Range|Reference|Syntax)Error|\[object Object\]|call stack/m
/** What a terminal would obey, and what hides letters or turns their direction. */
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f]/

interface Told {
  readonly code: string
  /** `file:line`; undefined where the diagnostic has no place. */
  readonly place: string | undefined
  readonly hint: boolean
}

/** The diagnostics that a text of faults shows. */
function toldIn(text: string): readonly Told[] {
  return text
    .split(/^(?=(?:error|warning)\[)/m)
    .filter(part => /^(error|warning)\[/.test(part))
    .map(part => ({
      code: /\[([\w-]+)\]/.exec(part)?.[1] ?? '',
      place: /^ {2}--> (.*):(\d+):\d+/m.exec(part)?.slice(1, 3).join(':'),
      hint: /^ {2}= /m.test(part),
    }))
}

/** What holds for every input, also for one that nobody has thought of. */
export function assertSound({ end, answer, touched }: Outcome): void {
  const printed = answer.stdout + answer.stderr
  assert.equal(end, 'answered', printed)
  assert.ok(exitCodes.includes(answer.code), `exit code ${answer.code}`)
  assert.doesNotMatch(printed, internals)
  assert.doesNotMatch(printed, unseen)
  assert.deepEqual(touched, [], 'what lies outside of the project is as it was')
  if (answer.code !== 2 || answer.stderr.startsWith('error: ')) return
  const told = toldIn(answer.stderr)
  assert.ok(told.length > 0, 'a fault is told')
  assert.ok(
    told.every(({ hint }) => hint),
    `a hint is missing:\n${answer.stderr}`,
  )
}

export function assertHolds(hostile: HostileCase, outcome: Outcome): void {
  const { answer, directory, compiled } = outcome
  const printed = answer.stdout + answer.stderr
  assertSound(outcome)
  assertExpected(hostile, answer.code, answer.stderr, directory)
  const sql = compiled.join('\n')
  for (const text of hostile.notInSql ?? []) assert.ok(!sql.includes(text), `compiled SQL has ${text}`)
  for (const text of hostile.inSql ?? []) assert.ok(sql.includes(text), `compiled SQL lacks ${text}`)
  for (const text of hostile.notPrinted ?? []) assert.ok(!printed.includes(text), `${text} is printed`)
}

function assertExpected(
  { expect, code = 2 }: HostileCase,
  ended: number,
  stderr: string,
  directory: string,
): void {
  if (expect === 'ok') {
    assert.equal(stderr, '')
    assert.equal(ended, 0)
    return
  }
  assert.equal(ended, code, stderr)
  if (expect[0] === 'usage') {
    assert.match(stderr, /^error: .*\n\(/)
    return
  }
  const found = toldIn(stderr)
  const told = found.map(({ code: name, place }) =>
    `${name} ${place?.replace(`${directory}/`, '') ?? ''}`.trim(),
  )
  const more = expect.at(-1) === '...'
  assert.deepEqual(more ? told.slice(0, expect.length - 1) : told, more ? expect.slice(0, -1) : expect)
}
