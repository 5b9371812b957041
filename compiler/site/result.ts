// What the last run says, as HTML: of itself, and of one step.

import { escapeHtml } from '../picture/html.js'
import type { RunResults, StepEntry } from '../run_results.js'

const words: Readonly<Record<StepEntry['status'] | RunResults['status'], string>> = {
  success: 'succeeded',
  error: 'failed',
  skipped: 'was skipped',
  interrupted: 'was interrupted',
  killed: 'did not come to its end',
}

const time = (iso: string): string =>
  `<time datetime="${escapeHtml(iso)}">${escapeHtml(iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC'))}</time>`

const seconds = (value: number): string => `${value < 10 ? value.toFixed(1) : String(Math.round(value))} s`

export function runLine(run: RunResults | undefined): string {
  if (!run) return '<p class="run none">No run is known: target/run_results.json is not there.</p>'
  const counts = (['success', 'error', 'skipped'] as const)
    .map(status => [run.results.filter(result => result.status === status).length, status] as const)
    .filter(([count]) => count > 0)
    .map(
      ([count, status]) =>
        `${count} ${status === 'success' ? 'done' : status === 'error' ? 'failed' : 'skipped'}`,
    )
  return `<p class="run ${run.status}"><b>The last ${escapeHtml(run.command)} ${words[run.status]}</b>, begun ${time(run.started_at)} on <code>${escapeHtml(run.target)}</code>, ${seconds(run.seconds)}; steps: ${counts.join(', ') || 'none'}.</p>`
}

/** @param written rows of the table, where another step has written them */
export function stepResult(
  run: RunResults | undefined,
  result: StepEntry | undefined,
  written: number | undefined,
): string {
  if (!run) return '<p>No run is known: target/run_results.json is not there.</p>'
  if (!result)
    return `<p>It was no part of the last ${escapeHtml(run.command)}, begun ${time(run.started_at)}.</p>`
  const rows = written ?? result.rows
  const faults = result.diagnostics.map(
    ({ code, message, hint }) =>
      `<li><code>${escapeHtml(code)}</code> ${escapeHtml(message)}${hint === undefined ? '' : ` <small>${escapeHtml(hint)}</small>`}</li>`,
  )
  return `<p class="run ${result.status}"><b>It ${words[result.status]}</b> in the ${escapeHtml(run.command)} begun ${time(run.started_at)} on <code>${escapeHtml(run.target)}</code>${result.status === 'skipped' ? '' : `, ${seconds(result.seconds)}`}${rows === null ? '' : `, ${rows} ${rows === 1 ? 'row' : 'rows'}`}.</p>${faults.length > 0 ? `<ul class="faults">${faults.join('')}</ul>` : ''}`
}

export const statusWord = (result: StepEntry | undefined): string =>
  result
    ? `<span class="status ${result.status}">${result.status === 'success' ? 'passed' : words[result.status]}</span>`
    : '<span class="status">not run</span>'
