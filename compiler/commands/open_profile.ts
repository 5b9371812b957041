// The options that name a profile and a target of it -> the target's connection.

import { env } from 'node:process'
import type { Diagnostic } from '../diagnostics.js'
import { loadProfile, type Profile, type ProfileProject } from '../profile.js'
import type { Reporter } from '../reporter.js'
import { loosePermissions } from '../secret_files.js'
import { resolvePath } from './folders.js'

interface ProfileOptions {
  readonly profilesDir?: string
  readonly target?: string
}

/**
 * The profile, whose secrets the reporter hides from now on, and warnings of key files that others can read.
 * @throws Faults of loadProfile
 */
export function readProfile(
  project: ProfileProject,
  options: ProfileOptions,
  { hide }: Pick<Reporter, 'hide'>,
): { readonly profile: Profile; readonly warnings: readonly Diagnostic[] } {
  const profile = loadProfile(project, {
    profilesDirectory: options.profilesDir === undefined ? undefined : resolvePath(options.profilesDir),
    target: options.target,
    environment: env,
    hide,
  })
  return { profile, warnings: loosePermissions(profile.adapter.secretFiles?.(profile.connection) ?? []) }
}

/** The same; the reporter tells the warnings. */
export function openProfile(project: ProfileProject, options: ProfileOptions, reporter: Reporter): Profile {
  const { profile, warnings } = readProfile(project, options, reporter)
  reporter.faults(warnings)
  return profile
}
