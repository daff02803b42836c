import {
  BACKWARDS,
  END,
  type EventStoreDBClient,
  type RecordedEvent as ClientEvent,
} from '@eventstore/db-client';
import type { Logger } from '#platform/logging/logger';
import type { Clock } from '#platform/time/clock';
import { describeFailure } from './client-failure.js';
import { StreamDamagedError, UnsafeStreamSettingsError } from './errors.js';
import type { PageReader } from './page-reader.js';
import { METADATA_TYPE, SettingsScan, TOMBSTONE_TYPE } from './settings-scan.js';

/** Settings of a stream by which the server drops events. A soft delete is a `$tb` of the largest number. */
const HARMFUL = ['$maxAge', '$maxCount', '$tb'];

const METADATA_PREFIX = '$$';
/** How often a setting that was found is looked at again, and a search that failed is tried again. */
const AGAIN_MS = 5_000;

export interface StreamGuardOptions {
  readonly client: EventStoreDBClient;
  readonly reader: PageReader;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timeoutMs: number;
  readonly isOurs: (stream: string) => boolean;
}

/** A stream of ours from which the server drops events, as it is now. */
export interface UnsafeStream {
  readonly stream: string;
  /** Of `$maxAge`, `$maxCount`, `$tb`: those that are set. */
  readonly settings: readonly string[];
}

/**
 * Looks after what could make the server drop events of ours: at the start the whole log is searched for settings and
 * deletions of our streams, later those that pass by are looked at. While one is in force nothing is written, and
 * readiness names it with its remedy.
 */
export class StreamGuard {
  readonly #options: StreamGuardOptions;
  readonly #scan: SettingsScan;
  readonly #suspects = new Set<string>();
  readonly #unsafe = new Map<string, UnsafeStream>();
  readonly #tombstoned = new Set<string>();
  #searched = false;
  #wake: () => void = () => undefined;

  constructor(options: StreamGuardOptions) {
    this.#options = options;
    const { client, clock, timeoutMs } = options;
    this.#scan = new SettingsScan({ client, clock, timeoutMs, onEvent: (event) => this.notice(event) });
  }

  /** The whole log has been searched once. */
  get searched(): boolean {
    return this.#searched;
  }

  get unsafe(): readonly UnsafeStream[] {
    return [...this.#unsafe.values()];
  }

  /** Streams of ours that are gone for good. */
  get tombstoned(): readonly string[] {
    return [...this.#tombstoned];
  }

  /** A system event that passes by. */
  notice(event: Pick<ClientEvent, 'type' | 'streamId'>): void {
    const { isOurs } = this.#options;
    if (event.type === METADATA_TYPE && event.streamId.startsWith(METADATA_PREFIX)) {
      const stream = event.streamId.slice(METADATA_PREFIX.length);
      if (!isOurs(stream)) return;
      this.#suspects.add(stream);
      this.#wake();
    } else if (event.type === TOMBSTONE_TYPE && isOurs(event.streamId)) {
      this.#addTombstone(event.streamId);
    }
  }

  /** Throws while the server would drop events of ours. */
  check(): void {
    const [first] = this.#unsafe.values();
    if (first !== undefined) throw new UnsafeStreamSettingsError(remedy(first, this.#unsafe.size));
  }

  /** Searches once and looks at what was found. */
  async search(signal: AbortSignal): Promise<void> {
    await this.#scan.run(signal);
    await this.#lookAtSuspects(signal);
    this.#searched = true;
  }

  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    while (!signal.aborted) {
      let failed = false;
      try {
        if (this.#searched) await this.#lookAtSuspects(signal);
        else await this.search(signal);
        for (const stream of this.#unsafe.keys()) await this.#lookAt(stream, signal);
      } catch (error) {
        if (isAborted(signal)) return;
        failed = true;
        this.#options.logger.debug('the settings of our streams could not be checked; tried again', {
          reason: describeFailure(error),
        });
      }
      if (!isAborted(signal)) await this.#pause(failed);
    }
  }

  /** The server answers again: a search that failed need not wait. */
  retry(): void {
    this.#wake();
  }

  /** Until something passes by, or it is time to look again. */
  async #pause(failed: boolean): Promise<void> {
    if (this.#suspects.size > 0 && !failed) return;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await this.#options.clock.sleep(AGAIN_MS, woken.signal);
    this.#wake = () => undefined;
  }

  async #lookAtSuspects(signal: AbortSignal): Promise<void> {
    for (const stream of this.#suspects) {
      await this.#lookAt(stream, signal);
      this.#suspects.delete(stream);
    }
  }

  async #lookAt(stream: string, signal: AbortSignal): Promise<void> {
    const { logger } = this.#options;
    let settings: readonly string[];
    try {
      settings = await harmfulSettings(this.#options.reader, stream, signal);
    } catch (error) {
      if (!(error instanceof StreamDamagedError)) throw error;
      this.#unsafe.delete(stream);
      this.#addTombstone(stream);
      return;
    }
    if (settings.length === 0) {
      if (this.#unsafe.delete(stream)) logger.info('a stream of ours is safe again', { stream });
      return;
    }
    const found = { stream, settings };
    if (!this.#unsafe.has(stream)) {
      logger.alarm('event-store-unsafe-stream', { stream, settings, remedy: remedy(found, 1) });
    }
    this.#unsafe.set(stream, found);
  }

  #addTombstone(stream: string): void {
    if (this.#tombstoned.has(stream)) return;
    this.#tombstoned.add(stream);
    this.#options.logger.alarm('event-store-stream-deleted', {
      stream,
      remedy: 'it is gone for good: restore the log from a backup, and run npm run prepare-log',
    });
  }
}

/** Those of `$maxAge`, `$maxCount`, `$tb` that are in force for a stream. Throws `StreamDamagedError` for a tombstone. */
export async function harmfulSettings(
  reader: PageReader,
  stream: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const page = await reader.stream(`${METADATA_PREFIX}${stream}`, END, 1, signal, BACKWARDS);
  const data: unknown = page?.[0]?.data;
  if (typeof data !== 'object' || data === null) return [];
  const settings = new Map<string, unknown>(Object.entries(data));
  // Cutting before the first event cuts nothing.
  return HARMFUL.filter((name) => settings.has(name) && !(name === '$tb' && settings.get(name) === 0));
}

function remedy({ stream, settings }: UnsafeStream, count: number): string {
  const others = count > 1 ? ` (and ${count - 1} streams more)` : '';
  return `the server may drop events of ${stream}: it has ${settings.join(', ')}${others}; set its metadata without that as an administrator, before the next scavenge, and run npm run prepare-log`;
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
