import { existsSync, readFileSync } from 'node:fs';
import { until } from './until.js';

/** A line that the program has logged. */
export type LogLine = Readonly<Record<string, unknown>>;

/** What a program has logged, over all of its runs. */
export class ProgramLog {
  constructor(readonly file: string) {}

  /** Everything that it has written to stderr. */
  get text(): string {
    return existsSync(this.file) ? readFileSync(this.file, 'utf8') : '';
  }

  get lines(): readonly LogLine[] {
    return this.text
      .split('\n')
      .filter((line) => /^\{.*\}$/.test(line))
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** The lines whose JSON text has all of these in it. */
  with(...parts: readonly (string | RegExp)[]): readonly LogLine[] {
    return this.lines.filter((line) => {
      const text = JSON.stringify(line);
      return parts.every((part) => (typeof part === 'string' ? text.includes(part) : part.test(text)));
    });
  }

  async untilHas(...parts: readonly (string | RegExp)[]): Promise<LogLine> {
    let found: LogLine | undefined;
    await until(
      () => (found = this.with(...parts)[0]) !== undefined,
      15_000,
      () => `a line with ${parts.join(' and ')} in:\n${this.text.slice(-4_000)}`,
    );
    return found ?? {};
  }
}
