// Projects that are broken at random: none ends in a stack trace, hangs, or writes outside of its folder. The seed is printed;
// SESHAT_FUZZ_SEED and SESHAT_FUZZ_SECONDS set another one, and how long to go on.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { brokenProject, fuzzedWords, soundProject } from './hostile/fuzz_project.js'
import { HostileRunner } from './hostile/runner.js'
import { assertSound } from './hostile/verdict.js'

const seed = Number(process.env['SESHAT_FUZZ_SEED'] ?? 20240131)
const seconds = Number(process.env['SESHAT_FUZZ_SECONDS'] ?? 60)

const runner = new HostileRunner()
after(() => runner.close())

test('fuzzed project: before it is broken, every command takes it', async () => {
  for (const words of [['compile'], ['ls', '--selector', 'nightly']]) {
    const { answer } = await runner.run({ name: 'sound', files: soundProject, words, expect: 'ok' })
    assert.equal(answer.code, 0, answer.stdout + answer.stderr)
  }
})

test('fuzzed project: every command ends in a diagnostic or is handled', async context => {
  let tried = 0
  const sound = fc.asyncProperty(brokenProject, fuzzedWords, async (files, words) => {
    tried += 1
    assertSound(await runner.run({ name: 'fuzzed', files, words, expect: [] }))
  })
  await fc.assert(sound, {
    seed,
    numRuns: 1_000_000,
    interruptAfterTimeLimit: seconds * 1000,
    includeErrorInReport: true,
  })
  context.diagnostic(`seed ${seed}: ${tried} inputs`)
  assert.ok(tried > 0)
})
