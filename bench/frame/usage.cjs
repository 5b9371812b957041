// Required by each process that is measured: at its end, and with each message to the process that started it, since some are
// killed once they have answered, it writes what it used into the folder BENCH_USAGE.
const { writeFileSync } = require('node:fs')

const tell = () => writeFileSync(`${process.env.BENCH_USAGE}/${process.pid}.json`, JSON.stringify(process.resourceUsage()))
const { send } = process
if (send)
  process.send = (...message) => {
    tell()
    return send.apply(process, message)
  }
process.on('exit', tell)
