// Snowflake on Postgres: its functions, its answers to NULL, and what of its SQL Postgres cannot read.

import type { Emulation } from './emulated_driver.js'
import { dateFunctions } from './functions.js'

export const snowflakeEmulation: Emulation = {
  setUp: [
    ...dateFunctions,
    'create domain timestamp_ntz as timestamp',
    `create function sysdate() returns timestamp language sql volatile as $$ select clock_timestamp() at time zone 'utc' $$`,
    `create function snowflake_least(variadic entries anycompatiblearray) returns anycompatible language sql immutable as
$$ select case when count(*) = count(e) then min(e) end from unnest(entries) as e $$`,
    `create function snowflake_greatest(variadic entries anycompatiblearray) returns anycompatible language sql immutable as
$$ select case when count(*) = count(e) then max(e) end from unnest(entries) as e $$`,
    // A path is a field, or a number in brackets and then a field.
    `create function get_path(input jsonb, path text) returns text language sql immutable as
$$ select input #>> array_remove(regexp_split_to_array(path, '[].[]+'), '') $$`,
    `create function flatten(input jsonb) returns table (index bigint, value jsonb) language sql immutable as
$$ select e.position - 1, e.value from jsonb_array_elements(input) with ordinality as e (value, position) $$`,
    `create function current_version() returns text language sql immutable as $$ select '9.1.0' $$`,
    `create function current_warehouse() returns text language sql immutable as $$ select 'LOADING' $$`,
    'set standard_conforming_strings = off',
    'set escape_string_warning = off',
  ],
  rewrites: [
    {
      find: /^create transient table/,
      put: 'create table',
      reason: 'how long Snowflake keeps what was deleted',
    },
    {
      find: /^set (\w+) = \(([\s\S]*)\)$/,
      put: "select set_config('snowflake.$1', cast(($2) as varchar), false)",
      reason: 'a session variable: Postgres keeps texts alone, as settings',
    },
    {
      find: /\$([a-z]\w*)/g,
      put: "cast(current_setting('snowflake.$1') as timestamp)",
      reason: 'the value of a session variable',
    },
    { find: / copy grants as$/m, put: ' as', reason: 'a view that is replaced keeps its grants in Postgres' },
    { find: /\ncluster by \(to_date\(\w+\)\)$/gm, put: '', reason: 'the order in which rows lie' },
    {
      find: /\b(least|greatest)\(/g,
      put: 'snowflake_$1(',
      reason: 'NULL among the arguments makes the result NULL there',
    },
    {
      find: /(schema_name|table_schema|table_name) (=|in) ('[A-Z0-9_$]+'|\([^()]*\))/g,
      put: (_, column, is, names) => `${column} ${is} ${names.toLowerCase()}`,
      reason: 'names without quotes are kept in capitals there',
    },
    {
      find: /\bcurrent_(user|role)\(\)/g,
      put: 'current_$1',
      reason: 'Postgres has them without brackets',
    },
    {
      find: /^create table if not exists (\S+) like (\S+)$/,
      put: 'create table if not exists $1 (like $2)',
      reason: 'Postgres has it in brackets',
    },
    {
      find: /^alter table (\w+)\.(\w+) swap with \w+\.(\w+)$/,
      put: 'alter table $1.$2 rename to swapped_;\nalter table $1.$3 rename to $2;\nalter table $1.swapped_ rename to $3',
      reason: 'Postgres has no swap; views follow a renamed table, and are made again',
    },
    { find: /^use role accountadmin$/, put: 'reset role', reason: 'the role of every session at its start' },
    { find: /^use role (\w+)$/, put: 'set role $1', reason: 'Postgres sets it' },
    {
      find: /^(grant|revoke) (.*) (to|from) role (\w+)$/,
      put: '$1 $2 $3 $4',
      reason: 'Postgres has no word for it',
    },
  ],
  committing: /^(create|drop|alter|truncate|grant)\b/i,
}
