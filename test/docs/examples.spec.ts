import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { AppProcess } from '#test/support/processes/app-process';
import { freePorts } from '#test/support/processes/free-ports';
import { temporaryFolder } from '#test/support/temporary-folder';
import { runnableExamples, type RunnableExample } from './example-blocks.js';
import { assertJsonAnswer, assertTextAnswer } from './expected-output.js';
import { page, ROOT } from './pages.js';

/** Of the pages, in the order of `Ports`. */
const SHOWN_PORTS = [4010, 3000, 3001, 3002, 3003];
const MASTER_KEY = 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=';

/** The folder that a reader of the pages is in, with a service and a sandbox that run as the pages say. */
class Reader {
  private readonly temporary = temporaryFolder();
  private readonly programs: AppProcess[] = [];
  private ports: readonly number[] = [];

  async start(): Promise<void> {
    this.ports = await freePorts(SHOWN_PORTS.length);
    for (const name of ['package.json', 'node_modules', 'dist']) {
      symlinkSync(fileURLToPath(new URL(name, ROOT)), join(this.folder, name));
    }
    const [sandbox = 0, api = 0, callbacks = 0, operators = 0, bus = 0] = this.ports;
    const data = ['--data', join(this.folder, 'sandbox'), '--settings', this.copy('sandbox-settings.json')];
    await this.run('sandbox', ['--port', String(sandbox), ...data], {});
    await this.run('embedded', ['--json'], {
      PAYOUT_MASTER_KEY: MASTER_KEY,
      PAYOUT_PROVIDERS_FILE: this.copy('sandbox-providers.json'),
      PAYOUT_DATA_FOLDER: join(this.folder, 'data'),
      PAYOUT_API_PORT: String(api),
      PAYOUT_CALLBACK_PORT: String(callbacks),
      PAYOUT_OPERATOR_PORT: String(operators),
      PAYOUT_BUS_PORT: String(bus),
    });
  }

  async stop(): Promise<void> {
    for (const program of this.programs) await program.end('SIGTERM');
    this.temporary.remove();
  }

  /** Runs an example in bash. Each call of curl tells its status besides, on the other output. */
  async read(script: string): Promise<{ readonly output: string; readonly statuses: readonly number[] }> {
    const toldCurl = `curl() { command curl --max-time 25 -w '%{stderr}status %{http_code}\\n' "$@"; }`;
    const ops = `http://127.0.0.1:${this.ports[3]}`;
    const text = this.moved(script).replaceAll('payout-ops --', `payout-ops -- --url ${ops}`);
    const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
    const options = { cwd: this.folder, env: { ...process.env, PATH: path }, timeout: 30_000 };
    const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve, reject) => {
      execFile(
        'bash',
        ['-euo', 'pipefail', '-c', `${toldCurl}\n${text}`],
        options,
        (error, stdout, stderr) => {
          if (error === null) resolve({ stdout, stderr });
          else reject(new Error(`${text}\n${stdout}${stderr}`, { cause: error }));
        },
      );
    });
    const statuses = [...stderr.matchAll(/^status (\d{3})$/gm)].map(([, status]) => Number(status));
    return { output: stdout, statuses };
  }

  private get folder(): string {
    return this.temporary.path;
  }

  private copy(name: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, this.moved(readFileSync(new URL(`docs/examples/${name}`, ROOT), 'utf8')));
    return path;
  }

  /** The pages show the default ports; tests that run beside each other can't have them. */
  private moved(text: string): string {
    const port = (shown: string): string => String(this.ports[SHOWN_PORTS.indexOf(Number(shown))] ?? shown);
    return text.replaceAll(/127\.0\.0\.1:(\d+)/g, (_, shown: string) => `127.0.0.1:${port(shown)}`);
  }

  private async run(
    app: 'embedded' | 'sandbox',
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<void> {
    const program = AppProcess.start(app, args, env);
    this.programs.push(program);
    await program.ready;
  }
}

describe('the examples of the pages, run in their order', () => {
  const reader = new Reader();
  before(() => reader.start());
  after(() => reader.stop());

  for (const path of ['README.md', 'docs/api.md']) {
    for (const example of runnableExamples(page(path))) {
      it(`${path}: ${titleOf(example)}`, () => run(reader, example));
    }
  }
});

async function run(reader: Reader, { script, status, until, answer }: RunnableExample): Promise<void> {
  const deadline = performance.now() + 40_000;
  let result = await reader.read(script);
  while (until !== undefined && !result.output.includes(until) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    result = await reader.read(script);
  }
  if (status !== undefined) assert.deepEqual(result.statuses, [status], result.output);
  assert.notEqual(result.output.trim(), '', 'it prints something');
  if (answer?.kind === 'json') assertJsonAnswer(JSON.parse(result.output), JSON.parse(answer.text));
  if (answer?.kind === 'text') assertTextAnswer(result.output, answer.text);
}

function titleOf({ script }: RunnableExample): string {
  const line = script.split('\n').find((text) => /curl|npm/.test(text)) ?? script;
  return line.trim().slice(0, 100);
}
