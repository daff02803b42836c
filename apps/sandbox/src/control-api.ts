import type { FastifyInstance } from 'fastify';
import type { Book } from './book/book.js';
import { bookReport } from './book/book-report.js';
import type { LiveSettings } from './live-settings.js';
import { UnreadableScriptError, readScript } from './read-script.js';
import type { SandboxSettings } from './settings.js';

interface Control {
  readonly book: Book;
  readonly live: LiveSettings;
  readonly settings: SandboxSettings;
  readonly changed: () => void;
}

/** `/_sandbox/…`: scripts in, the book out. For tests and the demo; no vendor has it. */
export function registerControlApi(
  server: FastifyInstance,
  { book, live, settings, changed }: Control,
): void {
  server.get('/_sandbox/health', () => ({ status: 'ok' }));

  server.get('/_sandbox/book', () => bookReport(book.db));

  server.post<{ Body: Buffer }>('/_sandbox/scripts', async (request, reply) => {
    const given = json(request.body);
    if (!Array.isArray(given)) throw new UnreadableScriptError('the body must be a list of scripts');
    const scripts = given.map((one) => readScript(one, settings.defaultBehaviour.settleAfterMs));
    await book.write(() => scripts.forEach((script) => book.registerScript(script)));
    return reply.code(200).send({ registered: scripts.length });
  });

  server.post<{ Body: Buffer }>('/_sandbox/settings', async (request, reply) => {
    const { callbackBase, timeScale } = readSettings(json(request.body));
    await live.change(callbackBase, timeScale);
    changed();
    return reply.code(200).send({ callbackBase: live.callbackBase, timeScale: live.timeScale });
  });
}

function readSettings(given: unknown): { callbackBase?: string; timeScale?: number } {
  if (typeof given !== 'object' || given === null)
    throw new UnreadableScriptError('the body must be an object');
  const result: { callbackBase?: string; timeScale?: number } = {};
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    if (name === 'callbackBase' && typeof value === 'string' && URL.canParse(value)) {
      result.callbackBase = value.replace(/\/+$/, '');
    } else if (name === 'timeScale' && typeof value === 'number' && value >= 0) {
      result.timeScale = value;
    } else throw new UnreadableScriptError('known are callbackBase (a URL) and timeScale (a number from 0)');
  }
  return result;
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new UnreadableScriptError('the body is not JSON');
  }
}
