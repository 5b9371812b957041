// Redshift and Snowflake as the emulation has them, to be disturbed between their own statements: one of theirs may be several
// of Postgres', which a crash there does not come between.

import type { Driver } from '../../adapters/driver.js'
import { connectPostgres } from '../../adapters/postgres/driver.js'
import { connectionLost } from '../../adapters/statement_fault.js'
import { type Emulation, emulate } from '../emulation/emulated_driver.js'
import type { Cut } from './cutting_proxy.js'
import type { Ground } from './every_border.js'
import type { CrashServer } from './server.js'

const isSetting = (sql: string): boolean => sql.startsWith('set ')

/** What a database gets once. */
export const madeOnce = ({ setUp }: Emulation): readonly string[] => setUp.filter(sql => !isSetting(sql))

export function emulatedGround(server: () => CrashServer, name: string, emulation: Emulation): Ground {
  return {
    name,
    async open(database, cut) {
      const connected = await connectPostgres(server().direct(database), 'seshat run')
      const setUp = emulation.setUp.filter(isSetting)
      const mortal = new MortalDriver(await emulate(connected, { ...emulation, setUp }), cut)
      return { driver: mortal, counted: () => mortal.counted }
    },
  }
}

/** Loses its connection at a statement, `begin` and `commit` among them. */
class MortalDriver implements Driver {
  counted = 0
  #lost = false

  constructor(
    private readonly driver: Driver,
    private readonly cut: Cut | undefined,
  ) {}

  execute(...statement: Parameters<Driver['execute']>): ReturnType<Driver['execute']> {
    return this.#passed(() => this.driver.execute(...statement))
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    const begun = this.#passed(async () => undefined)
    await begun
    let commit: number | undefined
    const result = await this.driver.transaction(async () => {
      const done = await work()
      commit = this.#next('before')
      return done
    })
    this.#after(commit ?? -1)
    return result
  }

  async #passed<T>(work: () => Promise<T>): Promise<T> {
    const number = this.#next('before')
    const result = await work()
    this.#after(number)
    return result
  }

  #next(when: Cut['when']): number {
    if (this.#lost) throw connectionLost('the test has cut it', false)
    const number = this.counted++
    if (this.cut?.at === number && this.cut.when === when) this.#lose()
    return number
  }

  #after(number: number): void {
    if (this.cut?.at === number && this.cut.when === 'answered') this.#lose()
  }

  #lose(): never {
    this.#lost = true
    void this.driver.close()
    throw connectionLost('the test has cut it', false)
  }

  reading: Driver['reading'] = work => this.driver.reading(work)
  load: Driver['load'] = (...load) => this.driver.load(...load)
  lock: Driver['lock'] = (...lock) => this.driver.lock(...lock)
  share: Driver['share'] = (...keys) => this.driver.share(...keys)
  cancel: Driver['cancel'] = () => this.driver.cancel()
  close: Driver['close'] = () => this.driver.close()
}
