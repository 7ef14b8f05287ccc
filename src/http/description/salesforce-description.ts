const text = { type: 'string' }
const whole = { type: 'integer' }

const json = (schema: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } })
const inPath = (name: string) => ({ name, in: 'path', required: true, schema: text })

const accepted = { id: text, state: text, message: text, status_url: text }

/**
 * What a Flow of Salesforce calls, as OpenAPI 3.0 and no more than its External Services read: flat objects of named fields, one
 * media type, nothing nullable, no unions, names of operations in letters (reference/crm.md 5). What is null is left out there, so
 * nothing but an id is required. Credentials are a named credential's, whose schemes it ignores. Pure.
 */
export function salesforceDescription(url: string) {
  return {
    openapi: '3.0.3',
    info: { title: 'Afterword', version: '1', description: 'Reruns the conversations of a Salesforce record.' },
    servers: [{ url }],
    paths: {
      '/v1/triggers/{connection}': {
        post: {
          operationId: 'rerunForRecord',
          summary: 'Reruns the conversations of a record and writes what comes of it; answers at once',
          parameters: [inPath('connection')],
          requestBody: { required: true, content: json('RerunAsk') },
          responses: { 202: { description: 'Stored; a worker takes it up', content: json('RerunAccepted') } },
        },
      },
      '/v1/triggers/requests/{id}': {
        get: {
          operationId: 'readRerun',
          summary: 'What became of a request',
          parameters: [inPath('id')],
          responses: { 200: { description: 'The request as it stands', content: json('RerunStatus') } },
        },
      },
    },
    components: {
      schemas: {
        RerunAsk: {
          type: 'object',
          required: ['record_id'],
          properties: {
            record_id: { ...text, description: 'The id of the Contact or Lead' },
            object: { ...text, description: 'Contact or Lead, where the mapping files name both' },
            conversations: { ...text, description: 'latest (unless given), all, or since' },
            since: { ...text, description: 'A date, such as 2026-01-31, for since' },
            most: { ...whole, description: 'At the most so many conversations, 20 unless given' },
            request_key: { ...text, description: 'The same again asks for the same once' },
          },
        },
        RerunAccepted: { type: 'object', required: ['id'], properties: accepted },
        RerunStatus: {
          type: 'object',
          required: ['id'],
          properties: {
            ...accepted,
            reason: text,
            connection: text,
            object: text,
            record_id: text,
            left_out: whole,
            requested_at: { type: 'string', format: 'date-time' },
            ended_at: { type: 'string', format: 'date-time' },
          },
        },
      },
    },
  }
}
