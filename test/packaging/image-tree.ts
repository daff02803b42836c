import { spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, posix, relative } from 'node:path';
import { dockerIgnore } from './docker-ignore.js';
import { jsonWords, keyValues, parseDockerfile, type Instruction, type Stage } from './dockerfile.js';

export interface ImageTreeOptions {
  /** The checkout: where the Dockerfile and .dockerignore are. */
  readonly project: string;
  /** An empty or missing folder, which becomes `/` of the image, without what its base image brings. */
  readonly to: string;
  readonly say?: (line: string) => void;
}

/** What the image is started with. */
export interface ImageSettings {
  readonly env: Readonly<Record<string, string>>;
  /** Inside the image. */
  readonly workdir: string;
  readonly entrypoint: readonly string[];
  readonly user: string;
}

/** What has no effect on the files. */
const SETTINGS_ONLY = ['LABEL', 'EXPOSE', 'HEALTHCHECK', 'STOPSIGNAL', 'CMD'];

/**
 * Carries out the Dockerfile's instructions without Docker: each stage is a folder, a copy is a copy, a step is run in
 * its stage's folder by the same shell, with the Node that runs this program in place of the image's. It is refused what
 * it doesn't know, so that the tree can't silently be another than the image's.
 */
export function buildImageTree({ project, to, say = () => undefined }: ImageTreeOptions): ImageSettings {
  const stages = parseDockerfile(readFileSync(join(project, 'Dockerfile'), 'utf8'));
  const takes = dockerIgnore(readFileSync(join(project, '.dockerignore'), 'utf8'));
  mkdirSync(to, { recursive: true });
  if (readdirSync(to).length > 0) throw new Error(`${to} is not empty: name another folder`);
  const work = mkdtempSync(join(tmpdir(), 'image-stages-'));
  const roots = new Map<string, string>();
  try {
    let settings: ImageSettings | undefined;
    for (const [index, stage] of stages.entries()) {
      const last = index === stages.length - 1;
      const root = last ? to : join(work, String(index));
      mkdirSync(root, { recursive: true });
      if (stage.name !== undefined) roots.set(stage.name, root);
      settings = buildStage(stage, { project, root, roots, takes, say });
    }
    if (settings === undefined) throw new Error('the Dockerfile has no stage');
    return settings;
  } finally {
    rmSync(work, { recursive: true });
  }
}

interface StageWorld {
  readonly project: string;
  readonly root: string;
  readonly roots: ReadonlyMap<string, string>;
  readonly takes: (path: string) => boolean;
  readonly say: (line: string) => void;
}

function buildStage(stage: Stage, world: StageWorld): ImageSettings {
  let settings: ImageSettings = { env: {}, workdir: '/', entrypoint: [], user: '0' };
  for (const instruction of stage.instructions) {
    const { name, text } = instruction;
    if (SETTINGS_ONLY.includes(name)) continue;
    world.say(`${name} ${text}`);
    switch (name) {
      case 'WORKDIR':
        settings = { ...settings, workdir: posix.resolve(settings.workdir, text) };
        mkdirSync(inside(world.root, settings.workdir), { recursive: true });
        break;
      case 'ENV':
        settings = { ...settings, env: { ...settings.env, ...keyValues(text) } };
        break;
      case 'USER':
        settings = { ...settings, user: text };
        break;
      case 'ENTRYPOINT':
        settings = { ...settings, entrypoint: jsonWords(text) ?? [] };
        break;
      case 'COPY':
        copy(instruction, settings, world);
        break;
      case 'RUN':
        run(text, settings, world);
        break;
      default:
        throw new Error(
          `${name} is an instruction that this program can't carry out: teach it (${import.meta.url})`,
        );
    }
  }
  return settings;
}

function inside(root: string, path: string): string {
  return join(root, posix.resolve('/', path));
}

/** As Docker does it: a folder's content is copied, a file goes into a target that ends with a slash. */
function copy({ flags, text }: Instruction, { workdir }: ImageSettings, world: StageWorld): void {
  const { from, chown, ...others } = flags;
  if (Object.keys(others).length > 0)
    throw new Error(`COPY: --${Object.keys(others).join(', --')} is not known here`);
  const words = text.split(/\s+/);
  const target = words.pop() ?? '';
  const source = from === undefined ? world.project : world.roots.get(from);
  if (source === undefined) throw new Error(`COPY: there is no stage ${String(from)}`);
  for (const word of words) {
    const path = from === undefined ? join(source, word) : inside(source, word);
    const isFolder = lstatSync(path).isDirectory();
    const into = inside(world.root, posix.resolve(workdir, target));
    const at = isFolder || !/\/$|^\.$/.test(target) ? into : join(into, posix.basename(word));
    mkdirSync(dirname(at), { recursive: true });
    cpSync(path, at, {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
      filter: (file) => {
        if (from !== undefined) return true;
        const name = relative(world.project, file);
        // A folder is entered: something in it may be asked for.
        return name === '' || lstatSync(file).isDirectory() || world.takes(name);
      },
    });
    if (chown !== undefined && process.getuid?.() === 0) giveTo(at, chown);
  }
}

function giveTo(path: string, owner: string): void {
  const [user = NaN, group = NaN] = owner.split(':').map(Number);
  if (Number.isNaN(user + group)) throw new Error(`COPY --chown: ${owner} has to be two numbers`);
  for (const name of ['', ...(readdirSync(path, { recursive: true }) as string[])]) {
    chownSync(join(path, name), user, group);
  }
}

function run(script: string, { env, workdir }: ImageSettings, { root }: StageWorld): void {
  if (/(?:^|[\s=;&|])\/(?!dev\/null)/.test(script))
    throw new Error(
      `RUN ${script}\nnames a path from /, which is this machine's here: write it relative to WORKDIR`,
    );
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', script], {
    cwd: inside(root, workdir),
    env: { ...outsideEnv(), ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`RUN ${script}\nended with ${String(status)}:\n${stdout}${stderr}`);
}

/**
 * What a step inherits: how to find the shell's tools, this Node and the packages, and nothing of the checkout that
 * happens to be around it.
 */
function outsideEnv(): Record<string, string> {
  const tools = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => {
    return isAbsolute(folder) && !folder.includes('node_modules');
  });
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      /^(HOME|LANG|npm_config_(registry|cache|userconfig|cafile|.*proxy)|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS)$/i.test(
        entry[0],
      ),
  );
  const node = dirname(realpathSync(process.execPath));
  return { ...Object.fromEntries(kept), PATH: [node, ...tools].join(delimiter) };
}

/** Bytes of the files in a folder, and how many they are. */
export function sizeOf(folder: string): { readonly bytes: number; readonly files: number } {
  const sizes = (readdirSync(folder, { recursive: true }) as string[])
    .map((name) => lstatSync(join(folder, name)))
    .filter((found) => found.isFile())
    .map(({ size }) => size);
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), files: sizes.length };
}
