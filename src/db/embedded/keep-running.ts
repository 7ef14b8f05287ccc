import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../log.ts'
import type { Cluster } from './cluster.ts'
import { joinOrStart } from './join-or-start.ts'
import { leaveSeat, type Seat } from './seat.ts'

type Deps = {
  cluster: Cluster
  log: Log
  /** Starts a server whose socket is in this folder. */
  startAt: (socketFolder: string) => Promise<ChildProcess>
}

const retryMs = 1_000

/**
 * Brings the server back where it ends without our doing (out of memory, killed), at the address that pools know. Of several processes
 * one starts it, and the others join. Until then what is asked of it fails, and is tried again by whoever asked.
 */
export function keepRunning(first: Seat, { cluster, log, startAt }: Deps): { leave(): Promise<void> } {
  const { socketFolder } = first.server
  let seat = first
  let isLeaving = false
  let returning: Promise<void> | undefined

  const watch = () => {
    seat.client.once('end', () => {
      if (!isLeaving) returning = comeBack()
    })
  }
  const comeBack = async () => {
    log.error({ code: 'db.server_lost' }, 'the embedded PostgreSQL is gone; it is started again')
    while (!isLeaving) {
      try {
        seat = (await joinOrStart(cluster, () => startAt(socketFolder))).seat
        watch()
        log.warn({ code: 'db.server_back' }, 'the embedded PostgreSQL is back')
        return
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        log.error({ code: 'db.server_lost', reason }, 'the embedded PostgreSQL does not start')
        await sleep(retryMs)
      }
    }
  }
  watch()
  return {
    async leave() {
      isLeaving = true
      await returning
      await leaveSeat(seat, cluster)
    },
  }
}
