import { OpenAPIHono } from '@hono/zod-openapi'
import { requestId } from 'hono/request-id'
import { answerError, answerUnknownRoute } from './answer-error.ts'
import { authenticate } from './authenticate.ts'
import type { HttpEnv } from './context.ts'
import type { HttpDeps } from './deps.ts'
import { limitJson } from './limit-json.ts'
import { logRequests } from './log-requests.ts'
import { docsRoutes } from './open/docs-routes.ts'
import { healthRoutes } from './open/health-routes.ts'
import { homeRoutes } from './open/home-routes.ts'
import { readJson } from './read-json.ts'
import { agentListRoutes } from './retell/agent-list-routes.ts'
import { agentRoutes } from './retell/agent-routes.ts'
import { appRoutes } from './retell/app-routes.ts'
import { contactBackfillRoutes } from './retell/contact-backfill-routes.ts'
import { contactConversationRoutes } from './retell/contact-conversation-routes.ts'
import { contactImportRoutes, contactUploadRoutes } from './retell/contact-import-routes.ts'
import { retellContactRoutes } from './retell/contact-routes.ts'
import { conversationRoutes } from './retell/conversation-routes.ts'
import { crmConfigRoutes } from './retell/crm-config-routes.ts'
import { identityRoutes } from './retell/identity-routes.ts'
import { syncJobRoutes } from './retell/sync-job-routes.ts'
import { versionRoutes } from './retell/version-routes.ts'
import { triggerRoutes } from './triggers/trigger-routes.ts'
import { agentImportRoutes } from './v1/agent-import-routes.ts'
import { analysisRoutes } from './v1/analysis-routes.ts'
import { backfillEvents } from './v1/backfill-events.ts'
import { backfillMoves } from './v1/backfill-moves.ts'
import { backfillRoutes } from './v1/backfill-routes.ts'
import { contactRoutes } from './v1/contact-routes.ts'
import { v1ConversationRoutes } from './v1/conversation-routes.ts'
import { correctionRoutes } from './v1/correction-routes.ts'
import { importRoutes } from './v1/import-routes.ts'
import { intakeRoutes } from './v1/intake-routes.ts'
import { mappingRoutes } from './v1/mapping-routes.ts'
import { matchRoutes } from './v1/match-routes.ts'
import { planRoutes } from './v1/plan-routes.ts'
import { pushRoutes } from './v1/push-routes.ts'
import { reportRoutes } from './v1/report-routes.ts'
import { retellConfigRoutes } from './v1/retell-config-routes.ts'
import { retryRoutes } from './v1/retry-routes.ts'
import { runRoutes } from './v1/run-routes.ts'
import { scheduleRoutes } from './v1/schedule-routes.ts'
import { spendingRoutes } from './v1/spending-routes.ts'
import { undoRoutes } from './v1/undo-routes.ts'

/**
 * The HTTP door: parses, calls one use case, shapes the answer. The order below is what protects it: whatever is mounted after
 * `authenticate` wants an API key, and whatever is mounted after `readJson` has a body of JSON or none.
 */
export function createApp(deps: HttpDeps): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>()
  app.onError(answerError)
  app.notFound(answerUnknownRoute)
  app.use(requestId(), logRequests(deps.log))

  app.route('/', homeRoutes(deps))
  app.route('/', healthRoutes(deps))
  app.route('/', docsRoutes(app))

  app.use(authenticate(deps), limitJson)
  app.route('/', intakeRoutes(deps))
  app.route('/', contactUploadRoutes(deps))

  app.use(readJson)
  for (const kind of ['call', 'chat'] as const) {
    app.route('/', conversationRoutes(deps, kind))
    app.route('/', agentRoutes(deps, kind))
  }
  app.route('/', agentListRoutes(deps))
  app.route('/', versionRoutes(deps))
  app.route('/', identityRoutes())
  app.route('/', syncJobRoutes(deps))
  app.route('/', crmConfigRoutes(deps))
  app.route('/', appRoutes(deps))
  app.route('/', retellContactRoutes(deps))
  app.route('/', contactConversationRoutes(deps))
  app.route('/', contactImportRoutes(deps))
  app.route('/', contactBackfillRoutes(deps))

  app.route('/', v1ConversationRoutes(deps))
  app.route('/', analysisRoutes(deps))
  app.route('/', correctionRoutes(deps))
  app.route('/', agentImportRoutes(deps))
  app.route('/', retellConfigRoutes(deps))
  app.route('/', mappingRoutes(deps))
  app.route('/', backfillRoutes(deps))
  app.route('/', reportRoutes(deps))
  app.route('/', planRoutes(deps))
  app.route('/', backfillMoves(deps))
  app.route('/', backfillEvents(deps))
  app.route('/', scheduleRoutes(deps))
  app.route('/', contactRoutes(deps))
  app.route('/', matchRoutes(deps))
  app.route('/', undoRoutes(deps))
  app.route('/', runRoutes(deps))
  app.route('/', retryRoutes(deps))
  app.route('/', pushRoutes(deps))
  app.route('/', triggerRoutes(deps))
  app.route('/', spendingRoutes(deps))
  app.route('/', importRoutes(deps))

  app.openAPIRegistry.registerComponent('securitySchemes', 'api_key', { type: 'http', scheme: 'bearer' })
  app.openAPIRegistry.registerComponent('securitySchemes', 'key_header', {
    type: 'apiKey',
    in: 'header',
    name: 'X-Afterword-Key',
  })
  return app
}
