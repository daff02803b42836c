import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { BookReport } from '../book/book-report.js';
import { startSandbox } from '../sandbox.js';
import type { Script } from '../script.js';
import { withOverrides } from '../load-settings.js';
import { type SandboxSettings } from '../settings.js';
import { startCallbackReceiver, type CallbackReceiver } from './callback-receiver.js';

/** A condition that doesn't come true in this time never will; it is no wait, a test goes on at once. */
const PATIENCE_MS = 10_000;

export interface SandboxUnderTest {
  readonly url: string;
  readonly folder: string;
  readonly settings: SandboxSettings;
  readonly receiver: CallbackReceiver;
  script(...scripts: readonly Script[]): Promise<void>;
  book(): Promise<BookReport>;
  /** Asks for the book until the predicate holds. */
  bookWhen(predicate: (book: BookReport) => boolean): Promise<BookReport>;
  merchantPrivateKey(): string;
  platformPublicKey(): string;
  close(): Promise<void>;
}

/** A sandbox in a folder of its own, with a merchant's callback server that it knows. */
export async function sandboxUnderTest(overrides: object = {}): Promise<SandboxUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  const receiver = await startCallbackReceiver();
  const settings = withOverrides({
    callbackBase: receiver.url,
    defaultBehaviour: { outcome: 'success', settleAfterMs: 20 },
    ...overrides,
  });
  const sandbox = await startSandbox({ port: 0, dataFolder: folder, settings });
  return {
    url: sandbox.url,
    folder,
    settings,
    receiver,
    script: (...scripts) => registerScripts(sandbox.url, scripts),
    book: () => readBook(sandbox.url),
    bookWhen: (predicate) => bookWhen(sandbox.url, predicate),
    merchantPrivateKey: () => readFileSync(join(folder, 'chainpay-merchant-private.pem'), 'utf8'),
    platformPublicKey: () => readFileSync(join(folder, 'chainpay-platform-public.pem'), 'utf8'),
    close: async () => {
      await sandbox.close();
      await receiver.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function registerScripts(url: string, scripts: readonly Script[]): Promise<void> {
  const answer = await fetch(`${url}/_sandbox/scripts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(scripts),
  });
  if (answer.status !== 200) throw new Error(await answer.text());
}

export async function readBook(url: string): Promise<BookReport> {
  const answer = await fetch(`${url}/_sandbox/book`);
  return (await answer.json()) as BookReport;
}

export async function bookWhen(url: string, predicate: (book: BookReport) => boolean): Promise<BookReport> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const book = await readBook(url);
    if (predicate(book)) return book;
    if (Date.now() > giveUpAt) throw new Error(`the book never came to it: ${predicate.toString()}`);
    await pause(5);
  }
}
