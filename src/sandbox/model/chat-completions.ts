import type { Dialect } from './answer-request.ts'
import { readChatRequest } from './chat-request.ts'
import { refusedFormat } from './check-format.ts'
import { refusedRequest } from './check-request.ts'
import { completionOf } from './completion.ts'

/** POST /v1/chat/completions. */
export const chatCompletions: Dialect = {
  read: readChatRequest,
  refused: (body, models, prompt) => refusedRequest(body, models) ?? refusedFormat(body.response_format, prompt),
  wrap(chat, reply, cacheUse) {
    const completion = completionOf(chat, reply, cacheUse)
    return { body: completion, usage: completion.usage }
  },
  nothing: { choices: [] },
}
