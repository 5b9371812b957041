-- The batch's sessions take the place of the production table's.
select
    {{ page_view_columns('r') }}
from {{ ref('page_views_this_run') }} as r
