-- the rows that fail page_views_numbering (fails if it returns a row)
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'derived' and table_name = 'page_views_test'
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'derived' and table_name = 'inherited_rows_test'
select
    f.*,
    count(*) over () as failing_rows,
    sum(f.inherited) over () as failing_rows_inherited
from (
-- The page views of a session are numbered from 1 without gaps, and each knows how many there are.
select
    p.domain_sessionid,
    count(*) as page_views,
    min(p.page_view_in_session_index) as first_index,
    max(p.page_view_in_session_index) as last_index,
    min(p.page_views_in_session) as least_page_views_in_session,
    max(p.page_views_in_session) as most_page_views_in_session,
    min(case when p.start_tstamp <= (select max(i.newest_tstamp) from derived.inherited_rows_test as i where i.table_name = 'page_views') then 1 else 0 end) as inherited
from derived.page_views_test as p
where p.domain_sessionid is not null
group by p.domain_sessionid
having count(*) <> count(distinct p.page_view_in_session_index)
    or min(p.page_view_in_session_index) <> 1
    or max(p.page_view_in_session_index) <> count(*)
    or count(*) <> count(p.page_views_in_session)
    or min(p.page_views_in_session) <> count(*)
    or max(p.page_views_in_session) <> count(*)
) as f
order by f.inherited
limit 5;
