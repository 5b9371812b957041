// The codes of unit tests, each with what it means.

import type { CodeMeaning } from '../diagnostic_codes.js'

export const unitTestCodes = {
  'bad-row-value': {
    what: 'A value of a unit test is none of the type of its column.',
    why: 'Postgres cannot read it as that type, or it is longer than the column.',
    next: 'Correct the value, or the type where the column is declared.',
  },
  'bad-rows': {
    what: 'The rows of a unit test cannot be read.',
    why: 'A CSV text is none, its lines differ in length, or rows, format and fixture do not fit one another.',
    next: 'Correct the marked place; docs/guide/unit-tests.md shows each way to write rows.',
  },
  'duplicate-unit-test': {
    what: 'A unit test has the name of another one, or of a model or seed.',
    why: 'Selections know all of them by their names.',
    next: 'Rename the unit test.',
  },
  'no-clock': {
    what: 'A model asks for the time, and its unit test does not say what it is.',
    why: 'The test would give something else tomorrow.',
    next: 'Add overrides: {now: 2024-01-31 09:15:00} to the test.',
  },
  'unit-test-broken': {
    what: 'The select of a model ends with an error on the rows of a unit test.',
    why: 'Postgres says why: a division by zero, a value that a cast refuses, a function that Postgres does not have.',
    next: 'Correct the model, or the rows. seshat check finds what is wrong whatever the rows.',
  },
  'unit-test-failed': {
    what: 'A model gives other rows than its unit test expects.',
    why: 'The table under the message shows them: missing ones, extra ones, and the cells that differ.',
    next: 'Correct the model, or the rows that are expected.',
  },
  'unknown-fixture': {
    what: 'A unit test names a CSV file that is not there.',
    why: 'It is misspelt, or does not lie in tests/fixtures.',
    next: 'Correct the name, or put the file there.',
  },
  'unknown-input': {
    what: 'A unit test gives rows for something that its model does not read.',
    why: 'The name is misspelt, the model reads it in another way, or no longer.',
    next: 'Correct the input, or take it out.',
  },
  'untyped-input': {
    what: 'A unit test cannot know what columns an input has.',
    why: 'It is a source whose columns nobody has declared, or a model that reads one.',
    next: 'Declare the columns of the source, or give rows of the input.',
  },
} as const satisfies Readonly<Record<string, CodeMeaning>>
