// What a case of the hostile corpus is: files that are broken or meant to do harm, the words of a command, and what has to
// come of them.

/** Text, bytes, or something that has to be made at its path: a link, a pipe, a folder. */
export type HostileFile = string | Uint8Array | ((path: string) => void)

export interface HostileCase {
  readonly name: string
  /** Of the project, beside or instead of those of `plainProject`; null: without that one. */
  readonly files?: Readonly<Record<string, HostileFile | null>>
  /** `compile --adapter postgres` by default. */
  readonly words?: readonly string[]
  /**
   * `ok`: exit code 0, and nothing is complained about. Else every diagnostic in order, each as `code file:line`, or as
   * `code` where no place can be told.
   */
  readonly expect: 'ok' | readonly string[]
  /** 2 by default, 0 where only warnings are expected. */
  readonly code?: number
  /** Texts that must not stand in compiled SQL. */
  readonly notInSql?: readonly string[]
  /** Texts that have to stand in compiled SQL. */
  readonly inSql?: readonly string[]
  /** Texts that must not stand in what is printed. */
  readonly notPrinted?: readonly string[]
}

/** A project in which nothing is wrong, and nothing is slow: the standard modules are switched off. */
export const plainProject: Readonly<Record<string, HostileFile>> = {
  'seshat.yml':
    'name: t\nmodules: {base: {enabled: false}, page_views: {enabled: false}, sessions: {enabled: false}, users: {enabled: false}}\n',
  'models/plain.sql': 'select 1 as one\n',
}

export const settings = (text: string): Readonly<Record<string, string>> => ({
  'seshat.yml': `${plainProject['seshat.yml']}${text}`,
})
