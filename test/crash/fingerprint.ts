// What a database holds, as text: every relation of the run's schemas and the rows in it, but for what the clock or chance
// says. Two states with the same text are the same to a run that begins there.

import type { TestDatabase } from '../support.js'

/** Relations by name -> what is in each. */
export type Fingerprint = ReadonlyMap<string, string>

/** Of the clock, or random: the times of runs, the versions of rows. */
const volatile = new Set([
  'run_id',
  'run_start_tstamp',
  'run_end_tstamp',
  'opened_tstamp',
  'noted_tstamp',
  'row_version',
  'version',
])

/** Names of indexes are no part of it: a table that was built aside keeps those it had there. */
const relations = `select n.nspname || '.' || c.relname,
    c.relkind::text || c.relpersistence::text || ' ' || (select count(*) from pg_index as i where i.indrelid = c.oid) || ' indexes',
    (select string_agg(a.attname, ' ' order by a.attnum) from pg_attribute as a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
where n.nspname in ('scratch', 'derived') and c.relkind in ('r', 'v')
order by 1`

/** @param isLeft which relations count */
export async function fingerprintOf(
  database: Pick<TestDatabase, 'query'>,
  isLeft: (name: string) => boolean = () => true,
): Promise<Fingerprint> {
  const found = (await database.query(relations)).map(row => row.map(String) as [string, string, string])
  const names = new Set(found.map(([name]) => name))
  const counted = found
    .filter(([name]) => isLeft(name))
    .map(
      ([name, kind, columns]) => `select '${name}', '${kind} ${columns}', ${contentOf(name, columns, names)}`,
    )
  if (counted.length === 0) return new Map()
  const rows = await database.query(counted.join('\nunion all '))
  return new Map(rows.map(([name, kind, content]) => [String(name), `${kind}: ${content}`]))
}

function contentOf(name: string, columns: string, names: ReadonlySet<string>): string {
  const kept = columns.split(' ').filter(column => !volatile.has(column))
  const text = `row(${kept.map(column => `t.${column}`).join(', ')}${noted(name, names)})::text`
  return `(select count(*) || ' rows ' || coalesce(md5(string_agg(${text}, ' ' order by ${text})), '') from ${name} as t)`
}

/** Of a note of rows that were read counts whether it still fits its row. */
function noted(name: string, names: ReadonlySet<string>): string {
  const read = name.replace(/_read$/, '')
  if (read === name || !names.has(read)) return ''
  if (names.has(`${read}_written`))
    return `, exists (select 1 from ${read}_written as w where w.group_key = t.group_key and w.version = t.row_version)`
  return `, exists (select 1 from ${read} as s where s.xmin::text = t.row_version)`
}

/** What differs, a line each. */
export function differing(expected: Fingerprint, found: Fingerprint): readonly string[] {
  const names = [...new Set([...expected.keys(), ...found.keys()])]
  return names.flatMap(name => {
    const [wanted, is] = [expected.get(name), found.get(name)]
    return wanted === is
      ? []
      : [`${name}: expected ${wanted ?? 'no such table'}, found ${is ?? 'no such table'}`]
  })
}

/** A short text for the whole. */
export const textOf = (state: Fingerprint): string =>
  [...state].map(([name, content]) => `${name} ${content}`).join('\n')
