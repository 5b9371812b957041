// The lineage of a whole project, kept from one command to the next as long as nothing that it is made of has changed: typing every
// model takes most of the time of check and of pages.

import { digest } from './digest.js'
import type { Lineage } from './lineage.js'
import type { Project } from './project.js'
import type { StateCache } from './state_cache.js'

export interface ProjectLineage {
  /** Undefined where nothing was typed. */
  readonly lineage: Lineage | undefined
  /** How many faults check has found. */
  readonly findings: number
}

/** @param variables the text of --vars */
export const knownLineage = (
  project: Project,
  variables: string | undefined,
  cache: StateCache,
): ProjectLineage | undefined => cache.valueAt<ProjectLineage>('lineage', madeOf(project, variables))

export const keepLineage = (
  project: Project,
  variables: string | undefined,
  cache: StateCache,
  found: ProjectLineage,
): ProjectLineage => cache.keepValue('lineage', madeOf(project, variables), found)

const madeOf = ({ sources }: Project, variables = ''): unknown => [
  sources.map(({ path, text }) => [path, digest(text)]),
  variables,
]
