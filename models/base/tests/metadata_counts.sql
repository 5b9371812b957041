{{ config(inherited='inherited') }}

-- The metadata of a run counts as many keys as rows. Rows of other systems have another model version.
select
    m.module,
    m.run_id,
    m.rows_this_run,
    m.distinct_key_count,
    case when m.run_id < (select min(i.noted_tstamp) from {{ ref('inherited_rows') }} as i) then 1 else 0 end as inherited
from {{ ref('datamodel_metadata') }} as m
where m.model = 'web'
    and m.rows_this_run <> m.distinct_key_count
