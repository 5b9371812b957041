-- drop scratch.users_batch of an earlier run
-- only if users finds something new
-- only if there: scratch.users_batch
drop table if exists scratch.users_batch;

-- build users_batch
-- only if users finds something new
create unlogged table scratch.users_batch as
-- The users to compute again.
select
    m.domain_userid,
    min(m.start_tstamp) as start_tstamp
from scratch.sessions_userid_manifest_staged as m
where m.domain_userid is not null
group by m.domain_userid;

-- statistics of scratch.users_batch
-- only if users finds something new
-- only if there are rows
analyze scratch.users_batch (domain_userid);
