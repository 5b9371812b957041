// SQL that asks for the time, with the time that a unit test gives.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readsClock, withClock } from '../compiler/unit_tests/clock.js'

test('clock: only what asks for the time is replaced', () => {
  const time = '2024-01-02 03:04:05'
  assert.equal(
    withClock("select now(), current_timestamp(3) as now, getdate(), e.now, 'now()' -- now()\n", time),
    `select cast('${time}' as timestamptz), cast('${time}' as timestamptz) as now, cast('${time}' as timestamp), e.now, 'now()' -- now()\n`,
  )
  assert.equal(readsClock('select e.current_date, now from now'), false)
})
