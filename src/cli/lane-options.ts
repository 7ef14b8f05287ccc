import { type Command, Option } from 'commander'
import { type PlanInput, readDeadline } from '../backfill/index.ts'

export type LaneOptions = { lane?: 'standard' | 'flex'; deadline?: string }

/** Adds the options that say how the model is asked. */
export function addLaneOptions(command: Command): Command {
  const lane = new Option('--lane <lane>', 'flex: half the price and slower, where the model provider has it')
  return command
    .addOption(lane.choices(['standard', 'flex']))
    .option('--deadline <when>', 'with --lane flex: until when; what is late goes to the standard lane. 6h, or a time')
}

export function laneFromOptions({ lane, deadline }: LaneOptions, now: Date): PlanInput['lane'] {
  if (lane === undefined && deadline === undefined) return undefined
  return { ...(lane && { lane }), ...(deadline !== undefined && { deadlineAt: readDeadline(deadline, now) }) }
}
