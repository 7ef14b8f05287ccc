import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { BackfillStatus } from '../../src/backfill/index.ts'
import { startWorking } from '../../src/main.ts'
import { planOf } from '../support/backfills.ts'
import { numberField, rowsWritten, textField } from '../support/records.ts'
import { sharedData } from '../support/shared-data.ts'
import { createWorld, type World } from '../support/world.ts'

const files = ['star-calls.jsonl', 'star-chats.jsonl'].map(sharedData)
const agents = sharedData('agents.json')
const contacts = sharedData('contacts.csv')
const isAbsent = [...files, agents, contacts].some((file) => file.absent)

// Real workers on a real queue; only the vendors are sandboxes.
describe.skipIf(isAbsent)('247 conversations of 88 people', () => {
