-- take the mark of a run under way away
drop table if exists scratch.metadata_run_open;
