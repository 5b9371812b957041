// Redshift on Postgres: the functions that it has beside Postgres', and what of its SQL Postgres cannot read.

import type { Emulation } from './emulated_driver.js'
import { dateFunctions } from './functions.js'

export const redshiftEmulation: Emulation = {
  setUp: [
    ...dateFunctions,
    `create function getdate() returns timestamp language sql volatile as $$ select clock_timestamp() at time zone 'utc' $$`,
    // A backslash in a literal escapes there.
    'set standard_conforming_strings = off',
    'set escape_string_warning = off',
  ],
  rewrites: [
    {
      find: / char\((\d+)\)/g,
      put: ' varchar($1)',
      reason: 'blanks at the end of a char are no part of the text there; Postgres hands them out',
    },
    {
      find: /\nbackup no$/gm,
      put: '',
      reason: 'snapshots are not to hold a scratch table: no meaning for its rows',
    },
    { find: /\ndiststyle key\ndistkey \(\w+\)$/gm, put: '', reason: 'on which node a row lies' },
    { find: /\nsortkey \(\w+\)$/gm, put: '', reason: 'the order in which rows lie' },
    { find: / encode raw(?=,|\n| not null)/g, put: '', reason: 'how a column is compressed' },
    {
      find: /\nwith no schema binding$/g,
      put: '',
      reason: 'how long a view outlives its tables; setup drops it before them',
    },
  ],
  committing: /^truncate\b/i,
}
