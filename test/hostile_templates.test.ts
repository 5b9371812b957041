// Hostile templates and words: each input ends in a diagnostic or is handled; none ends in a stack trace, hangs, or writes outside of the project.

import { after, test } from 'node:test'
import { cases as modelCases } from './hostile/model_cases.js'
import { HostileRunner } from './hostile/runner.js'
import { cases as templateCases } from './hostile/template_cases.js'
import { cases as sizeCases } from './hostile/template_size_cases.js'
import { assertHolds } from './hostile/verdict.js'
import { cases as wordCases } from './hostile/word_cases.js'

const runner = new HostileRunner()
after(() => runner.close())

for (const hostile of [...templateCases, ...sizeCases, ...modelCases, ...wordCases])
  test(`hostile ${hostile.name}: ends as it should`, async () =>
    assertHolds(hostile, await runner.run(hostile)))
