{{ config(materialized='scratch', replace_by='page_view_id') }}

-- Page view ids that came more than once, and how many of their copies stay.
select
    e.page_view_id,
    count(*) as copies,
    {{ 1 if var('page_view_dedupe') == 'first' else 0 }} as kept
from {{ ref('page_view_events') }} as e
where {{ is_of_no_bot('e') }}
group by e.page_view_id
having count(*) > 1
