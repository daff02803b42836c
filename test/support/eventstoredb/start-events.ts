import { randomUUID } from 'node:crypto';
import type { DurableLog } from './log/durable-log.js';
import type { ProposedEvent } from './log/stored-event.js';

/** What a server writes when it starts: `$all` is never free of system events, and has more after each restart. */
export async function writeStartEvents(store: DurableLog, nowMs: number): Promise<void> {
  await store.commit((log) => {
    if (log.written === 0) {
      log.append('$$$stats-stand-in', 'any', [systemEvent('$metadata', { $maxAge: 86_400 })], nowMs);
    }
    log.append('$epoch-information', 'any', [systemEvent('$epoch-information', { startedAt: nowMs })], nowMs);
  });
}

function systemEvent(type: string, data: unknown): ProposedEvent {
  return {
    id: randomUUID(),
    type,
    contentType: 'application/json',
    data: Buffer.from(JSON.stringify(data)),
    metadata: new Uint8Array(),
  };
}
