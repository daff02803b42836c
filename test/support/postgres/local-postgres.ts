import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { freePorts } from '#test/support/processes/free-ports';
import { answers } from './answers.js';

const DEBIAN = '/usr/lib/postgresql';
const USER = 'postgres';
const PASSWORD = 'only-for-tests';
const OLDEST = 13;

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Where the machine's newest PostgreSQL has its programs; undefined when it has none. */
export function postgresPrograms(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).filter((name) => Number(name) >= OLDEST) : [];
  const folders = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, 'bin'));
  try {
    const answer = execFileSync('pg_config', ['--bindir'], { stdio: ['ignore', 'pipe', 'ignore'] });
    folders.push(answer.toString().trim());
  } catch {
    // It is part of a package for developers.
  }
  folders.push(...(process.env['PATH'] ?? '').split(':'));
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/**
 * A server of the machine's own PostgreSQL in a new folder, on a free port of 127.0.0.1, with the durability that it
 * has by default. It ends with this process, however that ends.
 */
export class LocalPostgres {
  #server: Server | undefined;

  private constructor(
    private readonly programs: string,
    private readonly folder: string,
    private readonly user: User | undefined,
    private port: number,
  ) {}

  static async start(programs: string): Promise<LocalPostgres> {
    const folder = mkdtempSync(join(tmpdir(), 'payout-ledger-postgres-'));
    const user = otherUser();
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
    const local = new LocalPostgres(programs, folder, user, 0);
    try {
      await local.#makeCluster();
      for (let attempts = 5; ; attempts -= 1) {
        const [port = 0] = await freePorts(1);
        local.port = port;
        try {
          await local.#run();
          return local;
        } catch (error) {
          // Somebody else may have been given the port in between.
          if (attempts === 1 || !local.#log().includes('could not bind')) throw error;
        }
      }
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get url(): string {
    return `postgres://${USER}:${PASSWORD}@127.0.0.1:${this.port}/postgres`;
  }

  async stop(): Promise<void> {
    await this.#server?.end('stop');
    this.#server = undefined;
    rmSync(this.folder, { recursive: true, force: true });
  }

  async restart(): Promise<void> {
    await this.#server?.end('pause');
    await this.#run();
  }

  async #makeCluster(): Promise<void> {
    const passwordFile = join(this.folder, 'password');
    writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
    if (this.user !== undefined) chownSync(passwordFile, this.user.uid, this.user.gid);
    const args = ['-D', this.#data, '-U', USER, '-A', 'scram-sha-256', '--pwfile', passwordFile];
    const more = ['-E', 'UTF8', '--locale=C.UTF-8', '--no-instructions'];
    const initdb = spawn(join(this.programs, 'initdb'), [...args, ...more], {
      ...this.user,
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const errors: string[] = [];
    initdb.stderr.on('data', (chunk) => errors.push(String(chunk)));
    const [code] = (await once(initdb, 'close')) as [number];
    if (code !== 0) throw new Error(`initdb ended with ${code}: ${errors.join('')}`);
  }

  async #run(): Promise<void> {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: this.port,
      unix_socket_directories: '',
      max_connections: 200,
      logging_collector: 'off',
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = new Server(
      [join(this.programs, 'postgres'), '-D', this.#data, ...options],
      this.folder,
      this.user,
    );
    this.#server = server;
    for (;;) {
      if (await answers(this.url)) return;
      if (server.ended) throw new Error(`PostgreSQL did not start:\n${this.#log()}`);
    }
  }

  get #data(): string {
    return join(this.folder, 'data');
  }

  #log(): string {
    const path = join(this.folder, 'log');
    return existsSync(path) ? readFileSync(path, 'utf8').slice(-4_000) : '';
  }
}

/**
 * The server, behind a shell that reads from a pipe of this process: when this one dies, the shell reads the end of it,
 * ends the server and removes the folder.
 */
class Server {
  ended = false;
  readonly #shell: ChildProcessByStdio<Writable, null, null>;
  readonly #closed: Promise<unknown>;

  constructor(command: readonly string[], folder: string, user: User | undefined) {
    const script = `
      trap '' INT TERM HUP
      "$@" >>log 2>&1 </dev/null &
      server=$!
      ( wait_for() { while kill -0 $server 2>/dev/null; do sleep 0.2; done; }; wait_for; kill -PIPE $$ 2>/dev/null ) &
      watcher=$!
      read -r word
      kill $watcher 2>/dev/null
      case "$word" in pause) kill -INT $server ;; *) kill -QUIT $server ;; esac
      wait $server
      if [ "$word" = '' ]; then cd / && rm -rf "${folder}"; fi
    `;
    this.#shell = spawn('/bin/sh', ['-c', script, 'sh', ...command], {
      ...user,
      cwd: folder,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#shell.stdin.on('error', () => undefined);
    this.#closed = once(this.#shell, 'close').then(() => {
      this.ended = true;
    });
    // A test that forgot to stop it must not hang for it.
    this.#shell.unref();
    (this.#shell.stdin as Writable & { unref(): void }).unref();
  }

  /** `pause`: as an administrator restarts it; `stop`: as fast as it can. */
  async end(word: 'pause' | 'stop'): Promise<void> {
    this.#shell.ref();
    this.#shell.stdin.end(`${word}\n`);
    await this.#closed;
  }
}

/** PostgreSQL refuses to run as root. */
function otherUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const wanted of [USER, 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${wanted}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody here');
}
