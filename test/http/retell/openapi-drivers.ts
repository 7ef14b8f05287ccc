import type Retell from 'retell-sdk'
import { toFile } from 'retell-sdk'
import type { CRMUpdateConfigParams } from 'retell-sdk/resources/crm'
import { expect } from 'vitest'

const refusedWith = async (status: number, request: Promise<unknown>) =>
  expect(
    await request.then(
      () => 'taken',
      (error: { status: number }) => error.status,
    ),
  ).toBe(status)

/** Each operation as the SDK asks for it: once taken, and refused where the file has a refusal that is easy to come by. `number` is the caller's of call_1. */
export function driversOf(client: Retell, number: string): Record<string, () => Promise<unknown>> {
  const contactId = async () => (await client.contact.getByPhone(number)).contact_id
  return {
    rerunCallAnalysis: async () => {
      await client.call.rerunAnalysis('call_1')
      await refusedWith(404, client.call.rerunAnalysis('call_nobody'))
    },
    rerunChatAnalysis: async () => {
      await client.chat.rerunAnalysis('chat_1')
      await refusedWith(404, client.chat.rerunAnalysis('call_1'))
    },
    listCalls: async () => {
      await client.call.list()
      await client.call.list({
        filter_criteria: {
          agent: [{ agent_id: 'agent_calls', version: [0] }],
          call_type: { type: 'enum', op: 'in', value: ['phone_call'] },
          start_timestamp: { type: 'range', op: 'bt', value: [1_767_225_600_000, 1_767_225_600_001] },
          custom_analysis_data: [{ key: 'lead_status', type: 'present', op: 'np' }],
        },
        sort_order: 'ascending',
        limit: 1_000,
        include_total: true,
      })
      await refusedWith(400, client.call.list({ skip: 1, pagination_key: 'x' }))
    },
    listChats: async () => {
      await client.chat.list({
        filter_criteria: { chat_status: { type: 'enum', op: 'in', value: ['ended'] } },
        limit: 1,
      })
      await refusedWith(400, client.chat.list({ limit: 1_001 }))
    },
    createContact: async () => {
      await client.contact.create({
        phone_number: '+12125550171',
        first_name: 'Ada',
        custom_fields: { lead_status: 'new' },
      })
      await refusedWith(400, client.contact.create({ phone_number: 'nobody' }))
    },
    updateContact: async () => {
      await client.contact.update(await contactId(), { last_name: 'Byron', custom_fields: { lead_status: null } })
      await refusedWith(404, client.contact.update('contact_987654', { last_name: 'x' }))
    },
    getContact: async () => {
      await client.contact.get(await contactId())
      await refusedWith(404, client.contact.get('contact_987654'))
    },
    getContactByPhone: async () => {
      await client.contact.getByPhone('(212) 555-0170')
      await refusedWith(400, client.contact.getByPhone('nobody'))
    },
    deleteContact: async () => {
      const { contact_id } = await client.contact.create({ phone_number: '+12125550172' })
      await client.contact.delete(contact_id)
      await refusedWith(404, client.contact.delete('contact_987654'))
    },
    listContacts: async () => {
      await client.contact.list()
      await client.contact.list({
        filter_criteria: { phone_number: { type: 'string', op: 'co', value: '0170' } },
        search_query: '0170',
        limit: 1,
      })
    },
    listContactConversations: async () => {
      await client.contact.listConversations(await contactId(), { limit: 10 })
      await refusedWith(404, client.contact.listConversations('contact_987654'))
    },
    uploadContactImportFile: async () => {
      await client.contact.uploadImportFile({ file: await toFile(Buffer.from('Phone\n+12125550173\n'), 'people.csv') })
    },
    createContactImport: async () => {
      const file = await toFile(Buffer.from('Phone\n+12125550174\n'), 'people.csv')
      const { upload_id = '' } = await client.contact.uploadImportFile({ file })
      const column_mapping = [{ field_name: 'phone_number', external_field_name: 'Phone' }]
      await client.contact.createImport({ upload_id, column_mapping })
      await refusedWith(400, client.contact.createImport({ upload_id, column_mapping: [] }))
    },
    getContactImport: () => client.contact.getImport(),
    backfillContactAnalysisData: async () => {
      await refusedWith(400, client.contact.backfillAnalysisData({ backfill_attributes: ['nothing_of_ours'] }))
      await client.contact.backfillAnalysisData({
        backfill_attributes: ['lead_status'],
        backfill_call_filter: { agent: [{ agent_id: 'agent_calls' }] },
      })
    },
    getBackfillContactJobStatus: () => client.contact.getBackfillJobStatus(),
    getCrmConfig: () => client.crm.getConfig(),
    updateCrmConfig: async () => {
      await client.crm.updateConfig({ contact_columns_order: ['lead_status'] })
      const wrong = { custom_fields: [{ name: 'Lead Status', type: 'string' }] } as CRMUpdateConfigParams
      await refusedWith(400, client.crm.updateConfig(wrong))
    },
    getCrmSchema: async () => {
      await client.crm.getSchema({ app_id: 'main' })
      await refusedWith(404, client.crm.getSchema({ app_id: 'other' }))
    },
    runSyncJob: async () => {
      await client.crm.runSyncJob()
      await refusedWith(400, client.crm.runSyncJob())
    },
    getSyncJobStatus: () => client.crm.getSyncJobStatus(),
    getApp: async () => {
      await client.app.get('main')
      await refusedWith(404, client.app.get('other'))
    },
    listApps: () => client.app.list(),
  }
}
