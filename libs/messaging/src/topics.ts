/** Every topic of the service. A topic's name carries the version of its contract. */
export const TOPICS = {
  commands: 'payout.commands.v1',
  replies: 'payout.replies.v1',
  events: 'payout.events.v1',
  callbacks: 'provider.callbacks.v1',
  parked: 'payout.parked.v1',
} as const;

export type Topic = (typeof TOPICS)[keyof typeof TOPICS];
