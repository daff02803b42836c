import streams from '@eventstore/db-client/generated/streams_pb.js';
import { streamName } from './append-codec.js';
import type { StoredEvent } from '../log/stored-event.js';

export type ReadFrom = 'start' | 'end' | bigint;

export interface EventFilter {
  readonly matches: (event: StoredEvent) => boolean;
  /** Events that are looked at between two checkpoints. */
  readonly checkpointEvery: number;
}

export interface ReadRequest {
  /** Undefined: all streams. */
  readonly stream: string | undefined;
  readonly from: ReadFrom;
  readonly backwards: boolean;
  /** Undefined: a subscription. */
  readonly count: number | undefined;
  readonly filter: EventFilter | undefined;
}

export function readRequest(request: streams.ReadReq): ReadRequest {
  const options = request.getOptions();
  if (options === undefined) throw new Error('a read without options');
  const stream = options.getStream();
  return {
    stream: stream === undefined ? undefined : streamName(stream.getStreamIdentifier()),
    from: stream === undefined ? allFrom(options.getAll()) : streamFrom(stream),
    backwards: options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS,
    count: options.hasSubscription() ? undefined : Number(options.getCount()),
    filter: filterOf(options.getFilter()),
  };
}

function streamFrom(options: streams.ReadReq.Options.StreamOptions): ReadFrom {
  if (options.hasRevision()) return BigInt(options.getRevision());
  return options.hasEnd() ? 'end' : 'start';
}

function allFrom(options: streams.ReadReq.Options.AllOptions | undefined): ReadFrom {
  const position = options?.getPosition();
  if (position !== undefined) return BigInt(position.getCommitPosition());
  return options?.hasEnd() === true ? 'end' : 'start';
}

/** The window that the server takes when the client leaves it to the server. */
const DEFAULT_WINDOW = 32;

function filterOf(options: streams.ReadReq.Options.FilterOptions | undefined): EventFilter | undefined {
  if (options === undefined) return undefined;
  const byStream = options.getStreamIdentifier();
  const expression = byStream ?? options.getEventType();
  const prefixes = expression?.getPrefixList() ?? [];
  const regex = new RegExp(expression?.getRegex() ?? '');
  const window = options.hasMax() ? options.getMax() : DEFAULT_WINDOW;
  return {
    matches: (event) => {
      const subject = byStream === undefined ? event.type : event.stream;
      return prefixes.length > 0
        ? prefixes.some((prefix) => subject.startsWith(prefix))
        : regex.test(subject);
    },
    checkpointEvery: window * Math.max(1, options.getCheckpointintervalmultiplier()),
  };
}
