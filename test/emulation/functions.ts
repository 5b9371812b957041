// Functions that Redshift and Snowflake share and Postgres lacks, written from their manuals.

/** `datediff` counts the borders of a unit that lie between two times, so it differs from the rounded difference. */
export const dateFunctions: readonly string[] = [
  `create function dateadd(unit text, number integer, tstamp timestamp) returns timestamp
language sql immutable as $$ select tstamp + number * ('1 ' || unit)::interval $$`,
  `create function datediff(unit text, first timestamp, last timestamp) returns bigint
language plpgsql immutable as $$
begin
    if unit <> 'second' then raise exception 'datediff of % is not emulated', unit; end if;
    return extract(epoch from date_trunc('second', last))::bigint - extract(epoch from date_trunc('second', first))::bigint;
end $$`,
]
