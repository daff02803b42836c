import { STREAM_PREFIXES } from '#domain/streams';

/** Whether a stream is the ledger's own, by the beginning of its name. */
export function hasOurPrefix(stream: string): boolean {
  return STREAM_PREFIXES.some((prefix) => stream.startsWith(prefix));
}
