import { END, excludeSystemEvents, type EventStoreDBClient } from '@eventstore/db-client';
import { fromClient } from './client-position.js';
import type { TailListener } from './tail-watch.js';

/**
 * A live subscription to the log's end that tells only how far the log reaches. It never resumes by itself, and a burst
 * may have it dropped: then it has ended.
 */
export function listenAtTail(client: EventStoreDBClient, listener: TailListener): { stop(): void } {
  const subscription = client.subscribeToAll({
    fromPosition: END,
    filter: excludeSystemEvents(),
    requiresLeader: true,
  });
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    listener.onEnd();
    subscription.unsubscribe().catch(() => undefined);
  };
  subscription.on('confirmation', () => listener.onLive());
  subscription.on('data', ({ event }) => {
    if (!ended) listener.onEvent(event === undefined ? undefined : fromClient(event.position));
  });
  // These stay for good: a later error without a listener would end the process.
  subscription.on('error', end);
  subscription.on('end', end);
  subscription.on('close', end);
  return { stop: end };
}
