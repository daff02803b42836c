/** One instruction of a Dockerfile. `text` is what follows its name and flags, in one line. */
export interface Instruction {
  readonly name: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Stage {
  /** The image that it begins with, as it is written. */
  readonly from: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile. Nothing but comments may come before the first `FROM`. */
export function parseDockerfile(text: string): readonly Stage[] {
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const line of logicalLines(text)) {
    const instruction = parseInstruction(line);
    if (instruction.name === 'FROM') {
      const [, from = '', , name] = /^(\S+)(\s+AS\s+(\S+))?$/i.exec(instruction.text) ?? [];
      if (from === '') throw new Error(`not understood: ${line}`);
      stages.push({ from, name, instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`before the first FROM: ${line}`);
      stage.instructions.push(instruction);
    }
  }
  return stages;
}

/** The words of an instruction that was written as a JSON list; undefined when it was written as a shell line. */
export function jsonWords(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  const words: unknown = JSON.parse(text);
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string'))
    throw new Error(`not a list of words: ${text}`);
  return words;
}

/** `KEY=value KEY="other value"` of ENV and LABEL. */
export function keyValues(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(/([\w.-]+)=(?:"([^"]*)"|(\S*))/g)].map(([, key = '', quoted, bare]) => [
      key,
      quoted ?? bare ?? '',
    ]),
  );
}

function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let open = '';
  for (const line of text.split('\n')) {
    if (/^\s*(#|$)/.test(line)) continue;
    if (line.endsWith('\\')) {
      open += `${line.slice(0, -1).trim()} `;
    } else {
      lines.push(open + line.trim());
      open = '';
    }
  }
  if (open !== '') throw new Error(`the last line goes on: ${open}`);
  return lines;
}

function parseInstruction(line: string): Instruction {
  const [, name = '', flagText = '', text = ''] = /^([A-Z]+)((?:\s+--[a-z-]+=\S+)*)\s+(.*)$/.exec(line) ?? [];
  if (name === '') throw new Error(`not understood: ${line}`);
  const flags = Object.fromEntries(
    [...flagText.matchAll(/--([a-z-]+)=(\S+)/g)].map(([, flag = '', value = '']) => [flag, value]),
  );
  return { name, flags, text };
}
