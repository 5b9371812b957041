-- The same sessions, for the next module.
select
    {{ page_view_columns('r') }}
from {{ ref('page_views_this_run') }} as r
