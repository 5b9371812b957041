-- take the mark of a run under way away
-- only if there: scratch.metadata_run_open_test
drop table if exists scratch.metadata_run_open_test;
