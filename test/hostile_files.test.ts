// Hostile files: each input ends in a diagnostic or is handled; none ends in a stack trace, hangs, or writes outside of the project.

import { after, test } from 'node:test'
import { cases as fileCases } from './hostile/file_cases.js'
import { cases as profileCases } from './hostile/profile_cases.js'
import { HostileRunner } from './hostile/runner.js'
import { cases as settingsCases } from './hostile/settings_cases.js'
import { assertHolds } from './hostile/verdict.js'

const runner = new HostileRunner()
after(() => runner.close())

for (const hostile of [...settingsCases, ...fileCases, ...profileCases])
  test(`hostile ${hostile.name}: ends as it should`, async () =>
    assertHolds(hostile, await runner.run(hostile)))
