import { chatAgentId, deskAgentId } from './agents.ts'
import { type SampleConversation, sampleCall, sampleChat } from './spoken.ts'

const desk = '+12065550100'

/** Twelve conversations, all invented: calls and chats, good and bad, one voicemail, one from a number that two people share. */
export const sampleConversations: SampleConversation[] = [
  sampleCall(deskAgentId, {
    id: 'call_harbor_01',
    start: '2026-09-14T16:02:00Z',
    direction: 'inbound',
    from: '+12065550141',
    to: desk,
    script: `
      A: Harbor Heating, good morning. How can I help you?
      U: Hi, this is Maya Okafor. I am thinking about a heat pump for our house.
      A: Gladly. Do you have a budget in mind for the heat pump?
      U: My budget is about $9,000, not more than that.
      A: Thank you. Shall I send somebody to measure on Tuesday?
      U: Tuesday works, thank you.
      A: Great, your visit on Tuesday is booked.`,
  }),
  sampleCall(deskAgentId, {
    id: 'call_harbor_02',
    start: '2026-10-05T17:30:00Z',
    direction: 'outbound',
    from: desk,
    to: '+12065550141',
    script: `
      A: Hello Maya, this is Harbor Heating about your heat pump.
      U: Good that you call. We talked at home, and our budget is $12,500 now.
      A: That opens up the bigger model. I will send the new offer today.
      U: Perfect, thanks a lot.
      A: You are welcome. The new offer is confirmed for today.`,
  }),
  sampleCall(deskAgentId, {
    id: 'call_harbor_03',
    start: '2026-09-21T08:12:00Z',
    direction: 'inbound',
    from: '+12065550142',
    to: desk,
    script: `
      A: Harbor Heating, how can I help?
      U: My furnace makes a terrible noise. I need a furnace repair, quickly please.
      A: I am sorry to hear that. We have a technician on Thursday.
      U: Thursday is fine.
      A: A furnace repair on Thursday is booked for you.`,
  }),
  sampleCall(deskAgentId, {
    id: 'call_harbor_04',
    start: '2026-10-12T10:45:00Z',
    direction: 'inbound',
    from: '+12065550142',
    to: desk,
    script: `
      U: Nobody came on Thursday. This is really annoying, I waited all day.
      A: I am very sorry. I can offer you Friday.
      U: I am frustrated, but fine, Friday then. If it fails again I cancel.
      A: The furnace repair is moved to Friday.`,
  }),
  sampleCall(deskAgentId, {
    id: 'call_harbor_05',
    start: '2026-10-02T13:00:00Z',
    direction: 'inbound',
    from: '+12065550153',
    to: desk,
    script: `
      A: Harbor Heating, good afternoon.
      U: Hello, Lucia Romano. Can you do the boiler service before winter?
      A: Of course. The boiler service takes an hour. Which day suits you?
      U: Wednesday would be great.
      A: Wednesday is confirmed. Goodbye!`,
  }),
  sampleChat(chatAgentId, {
    id: 'chat_harbor_06',
    start: '2026-10-19T11:20:00Z',
    type: 'sms_chat',
    metadata: { phone_number: '+12065550143' },
    script: `
      U: Hi, Lucia again. Do you also install air conditioning?
      A: Yes, we do. Would you like an offer for air conditioning?
      U: Yes please, my budget for it is $4,200.
      A: The offer is on its way. Thank you!`,
  }),
  sampleCall(deskAgentId, {
    id: 'call_harbor_07',
    start: '2026-10-08T15:40:00Z',
    direction: 'inbound',
    from: '+12065550144',
    to: desk,
    script: `
      A: Harbor Heating, how can I help?
      U: Dev Patel here. What would a heat pump cost? My budget is $11,000.
      A: A heat pump starts at ten thousand. May I book a visit?
      U: Let me think about it, I will call back.
      A: Of course. Goodbye.`,
  }),
  sampleChat(chatAgentId, {
    id: 'chat_harbor_08',
    start: '2026-10-22T18:05:00Z',
    type: 'api_chat',
    metadata: { email: 'hanna.lind@example.com' },
    script: `
      U: Good evening, my boiler needs its yearly boiler service.
      A: Happy to help. Which day would you like?
      U: Saturday if possible.
      A: Saturday is booked. Thank you, Hanna!`,
  }),
  sampleCall(deskAgentId, {
    id: 'call_harbor_09',
    start: '2026-10-23T09:00:00Z',
    direction: 'outbound',
    from: desk,
    to: '+12065550145',
    reason: 'voicemail_reached',
    script: `
      A: Hello, this is Harbor Heating with a message for Hanna. Please call us back about Saturday. Goodbye.`,
  }),
  sampleCall(deskAgentId, {
    id: 'call_harbor_10',
    start: '2026-10-24T12:15:00Z',
    direction: 'inbound',
    from: '+12065550146',
    to: desk,
    script: `
      A: Harbor Heating, good day.
      U: It is Ferreira. Please cancel our air conditioning visit on Monday.
      A: The visit on Monday is cancelled.
      U: Thanks.`,
  }),
  sampleCall(deskAgentId, {
    id: 'call_harbor_11',
    start: '2026-10-26T14:50:00Z',
    direction: 'inbound',
    from: '+12065550177',
    to: desk,
    script: `
      A: Harbor Heating, how can I help?
      U: I only want to know your opening hours.
      A: We are open from eight to six, Monday to Friday.
      U: Thank you, bye.`,
  }),
  sampleCall(deskAgentId, {
    id: 'call_harbor_12',
    start: '2026-10-27T07:30:00Z',
    direction: 'outbound',
    from: desk,
    to: '+12065550144',
    status: 'not_connected',
    reason: 'dial_no_answer',
    script: '',
  }),
]
