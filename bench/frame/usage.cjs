// Required by each process that is measured: at its end it writes what it used into the folder BENCH_USAGE.
process.on('exit', () => {
  const file = `${process.env.BENCH_USAGE}/${process.pid}.json`
  require('node:fs').writeFileSync(file, JSON.stringify(process.resourceUsage()))
})
