import { readFileSync } from 'node:fs';

/** From `dist/test/docs/`, where this runs, to the root of the source tree. */
export const ROOT = new URL('../../../', import.meta.url);

export function page(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** A fenced block: the words after its fence, the first of which is the language, and its text. */
export interface FencedBlock {
  readonly words: readonly string[];
  readonly text: string;
}

export function fencedBlocks(markdown: string): readonly FencedBlock[] {
  return [...markdown.matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)].map(([, info = '', text = '']) => ({
    words: info.trim().split(/\s+/),
    text,
  }));
}

/** The first code word of each line of the table whose head begins with this cell. */
export function tableColumn(markdown: string, head: string): readonly string[] {
  const lines = markdown.split('\n');
  const at = lines.findIndex((line) => new RegExp(`^\\| ${head} +\\|`).test(line));
  const rows = lines.slice(at + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return at < 0 ? [] : codeWords(rows.slice(0, end < 0 ? undefined : end), /^\| `([^`]+)`/);
}

/** The first code word of each item of the list after `<!-- list: name -->`. */
export function listAfter(markdown: string, name: string): readonly string[] {
  const [, rest = ''] = markdown.split(`<!-- list: ${name} -->\n\n`);
  const [list = ''] = rest.split('\n\n', 1);
  return codeWords(list.split('\n'), /^\d+\. `([^`]+)`/);
}

function codeWords(lines: readonly string[], pattern: RegExp): readonly string[] {
  return lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
}
