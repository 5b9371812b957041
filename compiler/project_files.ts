// Where the files of a project come from: a folder, or the contents that a commit has. Whoever loads a project need not know.

import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { collectFaults } from './collect_faults.js'
import { type Diagnostic, fail } from './diagnostics.js'
import { checkLink, readFolder, readSource, type SourceFile, sourceOf } from './source_file.js'

export const settingsName = 'seshat.yml'

/** The folders of a project, and how the names end of the files in them that are read. */
export const sourceEndings = {
  models: ['.sql', '.yml', '.yaml'],
  macros: ['.sql'],
  tests: ['.sql'],
  seeds: ['.csv'],
} as const

export interface ProjectFiles {
  /** The folder of the project on this machine. */
  readonly directory: string
  /** seshat.yml. @throws Faults `unreadable-file` */
  settings(): SourceFile
  /**
   * Every file below a folder whose name ends in one of `endings`, sorted by path. Hidden folders are passed over. What
   * cannot be read, `unreadable-file`, is added to `faults`.
   */
  below(folder: string, endings: readonly string[], faults: Diagnostic[]): readonly SourceFile[]
}

/** @throws Faults `no-project` where the folder has no seshat.yml */
export function filesOfFolder(directory: string): ProjectFiles {
  const path = join(directory, settingsName)
  if (!existsSync(path)) {
    fail('no-project', `there is no ${settingsName} in ${directory}`, {
      hint: 'Go to the folder of the project, or name it with --project-dir.',
    })
  }
  const root = realpathSync(directory)
  return {
    directory: root,
    settings() {
      checkLink(root, path, settingsName)
      return readSource(path, settingsName)
    },
    below: (folder, endings, faults) => readFolder(root, folder, endings, faults),
  }
}

/**
 * @param directory the folder of the project, whose own files are not read
 * @param contents by path, seshat.yml among them
 */
export function filesOfContents(directory: string, contents: ReadonlyMap<string, Buffer>): ProjectFiles {
  const read = (path: string): SourceFile => sourceOf(path, contents.get(path) ?? Buffer.alloc(0))
  return {
    directory,
    settings: () => read(settingsName),
    below: (folder, endings, faults) =>
      [...contents.keys()]
        .filter(path => path.startsWith(`${folder}/`) && endings.some(ending => path.endsWith(ending)))
        .filter(path => !/(^|\/)\./.test(path))
        .sort()
        .flatMap(path => collectFaults(faults, () => read(path)) ?? []),
  }
}
