import { AppError } from '../../errors.ts'
import { createRouter } from '../router.ts'

/** What the source product's SDK can call and a service beside it cannot do, with why. @see retell-sdk 5.66.1, resources */
const elsewhere: [why: string, routes: string[]][] = [
  [
    'connections are set up by AFTERWORD_CONNECTIONS, and what they do by mapping files',
    ['post /create-app', 'patch /update-app/*', 'delete /delete-app/*', 'get /list-app-usages/*'],
  ],
  ['"afterword crm doctor" asks a CRM whether it lets us in', ['post /test-app-auth/*']],
  [
    'the voices, tools and knowledge bases of an agent are not here, so none of them can be missing',
    ['post /repair-agent/*'],
  ],
  [
    'Afterword makes and holds no calls: it takes in those that have ended',
    [
      'post /v2/create-phone-call',
      'post /v2/create-web-call',
      'post /v3/create-web-call',
      'post /v2/register-phone-call',
      'post /v2/listen-live-call/*',
      'post /v2/take-over-live-call/*',
      'patch /v2/update-live-call/*',
      'post /v2/stop-call/*',
      'post /create-batch-call',
      'get /get-concurrency',
    ],
  ],
  [
    'Afterword holds no chats: it takes in those that have ended',
    ['post /create-chat', 'post /create-chat-completion', 'post /create-sms-chat', 'patch /end-chat/*'],
  ],
  [
    'phone numbers belong to the platform that makes the calls',
    [
      'post /create-phone-number',
      'post /import-phone-number',
      'get /get-phone-number/*',
      'patch /update-phone-number/*',
      'get /v2/list-phone-numbers',
      'delete /delete-phone-number/*',
    ],
  ],
  [
    'voices belong to the platform that makes the calls',
    [
      'get /get-voice/*',
      'get /list-voices',
      'post /add-community-voice',
      'post /clone-voice',
      'post /search-community-voice',
    ],
  ],
  [
    'what an agent says is decided by the platform that makes the calls: Afterword keeps its analysis alone',
    [
      'post /create-retell-llm',
      'get /get-retell-llm/*',
      'patch /update-retell-llm/*',
      'get /v2/list-retell-llms',
      'delete /delete-retell-llm/*',
      'post /create-conversation-flow',
      'get /get-conversation-flow/*',
      'patch /update-conversation-flow/*',
      'get /v2/list-conversation-flows',
      'delete /delete-conversation-flow/*',
      'post /create-conversation-flow-component',
      'get /get-conversation-flow-component/*',
      'patch /update-conversation-flow-component/*',
      'get /v2/list-conversation-flow-components',
      'delete /delete-conversation-flow-component/*',
      'get /get-mcp-tools/*',
      'post /agent-playground-completion/*',
      'post /create-asset',
    ],
  ],
  [
    'Afterword keeps no knowledge bases',
    [
      'post /create-knowledge-base',
      'get /get-knowledge-base/*',
      'get /list-knowledge-bases',
      'delete /delete-knowledge-base/*',
      'post /add-knowledge-base-sources/*',
      'delete /delete-knowledge-base-source/*',
    ],
  ],
  [
    'agents are tested where they talk; `afterword eval` tests what is extracted',
    [
      'post /create-batch-test',
      'get /get-batch-test/*',
      'get /v2/list-batch-tests',
      'post /create-test-case-definition',
      'get /get-test-case-definition/*',
      'get /v2/list-test-case-definitions',
      'put /update-test-case-definition/*',
      'delete /delete-test-case-definition/*',
      'get /get-test-run/*',
      'get /v2/list-test-runs/*',
    ],
  ],
  [
    'Afterword makes no export files: POST /v3/list-calls reads the same page by page',
    ['get /v2/list-export-requests'],
  ],
]

/** Answers 501 with the reason, so that whoever calls such a route learns that no setting and no later try will help. */
export function elsewhereRoutes() {
  const router = createRouter()
  for (const [why, routes] of elsewhere)
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ')
      router.on(method.toUpperCase(), path, (c) => {
        const message = `${c.req.method} ${c.req.path} is not served here: ${why}.`
        throw new AppError('route.not_here', 'stop', message, { status: 501 })
      })
    }
  return router
}
