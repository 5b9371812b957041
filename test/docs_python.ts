// Python code -> what is wrong with its syntax, as Python itself says it.

import { spawnSync } from 'node:child_process'

/** @returns an empty text where nothing is */
export function pythonFault(code: string): string {
  const parse = 'import ast, sys; ast.parse(sys.stdin.read())'
  const { status, stderr, error } = spawnSync('python3', ['-c', parse], { input: code, encoding: 'utf8' })
  if (error) return `python3, which reads the example for Airflow: ${error.message}`
  return status === 0 ? '' : stderr
}
