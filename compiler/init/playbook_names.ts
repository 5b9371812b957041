// What the variables of SQL-Runner playbooks are called here, and what became of those that have no equal. The table of
// docs/moving-from-playbooks.md is made of this one.

/** Old name -> new one, where they differ. */
export const renamed: Readonly<Record<string, string>> = {
  minimumVisitLength: 'minimum_visit_length',
  minimum_visit_length_seconds: 'minimum_visit_length',
  app_id_filters: 'app_ids',
  app_id: 'app_ids',
}

/** Variables that are not carried over, each with the reason. */
export const withoutEqual: Readonly<Record<string, string>> = {
  model_version: 'no longer set: the metadata has the version of the package',
  platform_filters: 'there is no such filter; app_ids filters by application',
  derived_tstamp_partitioned: 'no longer set: the limits of a scan follow from the data',
  cluster_by: 'no longer set: the adapter clusters tables',
  dist_key: 'no longer set: the adapter distributes tables',
  sort_key: 'no longer set: the adapter sorts tables',
}
