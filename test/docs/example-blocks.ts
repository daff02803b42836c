import { fencedBlocks, type FencedBlock } from './pages.js';

/**
 * An example that is run: a block whose fence says `sh run`, then what is expected. `run 201`: the HTTP status of its
 * call. `run until <word>`: again, until its output has the word. A block `json answer` or `text answer` right after it
 * is its output, as far as it can be known (see `expected-output.ts`).
 */
export interface RunnableExample {
  readonly script: string;
  readonly status: number | undefined;
  readonly until: string | undefined;
  readonly answer: { readonly kind: 'json' | 'text'; readonly text: string } | undefined;
}

export function runnableExamples(markdown: string): readonly RunnableExample[] {
  const blocks = fencedBlocks(markdown);
  return blocks.flatMap(({ words, text }, at): readonly RunnableExample[] => {
    const [language, run, ...options] = words;
    if (language !== 'sh' || run !== 'run') return [];
    const status = options.find((word) => /^\d{3}$/.test(word));
    const until = options.includes('until') ? options[options.indexOf('until') + 1] : undefined;
    const next = blocks[at + 1];
    const answer = next === undefined ? undefined : answerOf(next);
    return [{ script: text, status: status === undefined ? undefined : Number(status), until, answer }];
  });
}

function answerOf({ words: [language, answer], text }: FencedBlock): RunnableExample['answer'] {
  if (answer !== 'answer' || (language !== 'json' && language !== 'text')) return undefined;
  return { kind: language, text };
}
