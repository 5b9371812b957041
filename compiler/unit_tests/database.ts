// The database that unit tests run on: empty, in memory, and warm, so that the first test takes no longer than those behind it.

import type { Driver } from '../../adapters/driver.js'
import { connectMemory } from '../../adapters/embedded/driver.js'
import { comparable, rowsSelect } from './row_sql.js'

/** @throws Faults `embedded-unreadable` where it does not start */
export async function openWarm(): Promise<Driver> {
  const database = await connectMemory()
  await warmUp(database)
  return database
}

const columns = [
  { name: 'a_text', type: 'varchar(10)' },
  { name: 'a_number', type: 'integer' },
  { name: 'a_time', type: 'timestamp' },
  { name: 'a_float', type: 'double precision' },
  { name: 'a_flag', type: 'boolean' },
]
const row = ['a', '1', '2024-01-01 00:00:00', '1.5', 'true']
const names = columns.map(({ name }) => name)

/**
 * Has Postgres look up what it looks up once, and V8 compile what most models use of it, since both take longer than a test:
 * the statements that a test consists of, and a select with what selects are made of. It happens while a project is compiled.
 */
async function warmUp(database: Driver): Promise<void> {
  for (const sql of [
    'begin',
    `create schema warm_up\ncreate view warm_up.rows as\n${rowsSelect(columns, names, [row, row])}`,
    `create temporary table warm as\n${usualSelect}`,
    "select a.attname, format_type(a.atttypid, -1) from pg_attribute as a where a.attrelid = 'warm'::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum",
    `select false, ${texts}\nfrom warm_up.rows\nunion all\nselect true, ${texts}\nfrom (${rowsSelect(columns, names, [row])}) as e`,
    'rollback',
  ])
    await database.execute(sql)
}

const texts = columns.map(({ name, type }) => comparable(name, type)).join(', ')

const usualSelect = `with counted as (
    select r.a_text, min(r.a_time) as first_time, max(r.a_time) as last_time, count(*) as copies,
        count(distinct r.a_number) as numbers, sum(case when r.a_flag then 1 else 0 end) as flags
    from warm_up.rows as r
    where r.a_time >= timestamp '2023-12-31' and r.a_text in ('a', 'b')
    group by r.a_text
    having count(*) > 0
),
numbered as (
    select r.a_text, r.a_number, r.a_time, r.a_float, r.a_flag,
        row_number() over (partition by r.a_text order by r.a_time, r.a_number) as position,
        sum(r.a_number) over (partition by r.a_text) as total,
        first_value(r.a_text) over (partition by r.a_text order by r.a_time desc) as newest
    from warm_up.rows as r
)
select n.a_text, n.position, n.total, n.newest, c.copies, c.numbers, c.flags, c.first_time + interval '1 hour' as later,
    cast(floor(extract(epoch from c.last_time)) - floor(extract(epoch from c.first_time)) as integer) as seconds,
    coalesce(nullif(n.a_text, ''), 'none') || '/' || lower(n.a_text) as words,
    n.a_text like 'a%' and n.a_text ~ '^a' as is_like, cast(n.a_time as date) as day, round(n.a_float) as rounded
from numbered as n
inner join counted as c on c.a_text = n.a_text
left join warm_up.rows as o on o.a_text = n.a_text and o.a_time > n.a_time
where n.position = 1
    and not exists (select 1 from warm_up.rows as r where r.a_text = n.a_text and r.a_number > n.a_number)
order by n.a_text`
