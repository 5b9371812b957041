-- the rows that fail metadata_counts (fails if it returns a row)
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'INHERITED_ROWS_TEST'
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'DATAMODEL_METADATA_TEST'
select
    f.*,
    count(*) over () as failing_rows,
    sum(f.inherited) over () as failing_rows_inherited
from (
-- The metadata of a run counts as many keys as rows. Rows of other systems have another model version.
select
    m.module,
    m.run_id,
    m.rows_this_run,
    m.distinct_key_count,
    case when m.run_id < (select min(i.noted_tstamp) from derived.inherited_rows_test as i) then 1 else 0 end as inherited
from derived.datamodel_metadata_test as m
where m.model = 'web'
    and m.rows_this_run <> m.distinct_key_count
) as f
order by f.inherited
limit 5;
