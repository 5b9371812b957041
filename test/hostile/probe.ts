// temporary: prints what comes of cases
import { HostileRunner } from './runner.js'

const runner = new HostileRunner()
const [, , file, pattern = ''] = process.argv
const { cases } = await import(file!)
for (const c of cases) {
  if (!c.name.includes(pattern)) continue
  const { end, answer, touched, compiled } = await runner.run(c)
  const diags = [...answer.stderr.matchAll(/^(error|warning)\[([\w-]+)\]: (.*)\n( {2}--> (.*))?/gm)].map(
    m => `${m[2]} ${m[5] ?? '(no place)'} «${(m[3] ?? '').slice(0, 150)}»`,
  )
  const hints = (answer.stderr.match(/^ {2}= /gm) ?? []).length
  console.log(
    `## ${c.name}: ${end} ${answer.code} ${answer.seconds.toFixed(1)}s hints=${hints}/${diags.length} ${touched.length ? 'TOUCHED ' + touched : ''} compiled=${compiled.length}`,
  )
  for (const d of diags.slice(0, 4)) console.log('   ' + d)
  if (/internal-error| {4}at |TypeError/.test(answer.stderr) || (diags.length === 0 && answer.code))
    console.log(answer.stderr.slice(0, 600))
}
runner.close()
