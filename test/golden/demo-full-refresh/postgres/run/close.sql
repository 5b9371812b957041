-- take the mark of a run under way away
-- only if there: scratch.metadata_run_open
drop table if exists scratch.metadata_run_open;
