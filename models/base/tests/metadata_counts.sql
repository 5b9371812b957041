-- The metadata of a run counts as many keys as rows. Rows of other systems have another model version.
select
    m.module || ' of the run ' || cast(m.run_id as varchar(30)) || ': ' || cast(m.rows_this_run as varchar(20)) || ' rows, '
        || cast(m.distinct_key_count as varchar(20)) || ' keys' as what,
    case when m.run_id < (select min(i.noted_tstamp) from {{ ref('inherited_rows') }} as i) then 1 else 0 end as inherited
from {{ ref('datamodel_metadata') }} as m
where m.model = 'web'
    and m.rows_this_run <> m.distinct_key_count
