/**
 * The part of JSON Schema (draft 2020-12) in which the contracts say what a value must be. The readers test by it and
 * the published schemas quote it, so that the two can't differ.
 */
export type ValueSchema = TextSchema | ListSchema | MapSchema | ChoiceSchema;

export interface TextSchema {
  readonly type: 'string';
  /** The one value. */
  readonly const?: string;
  readonly enum?: readonly string[];
  /** Characters (code points). */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** ECMA-262 with the flag `u`. Nothing is anchored by itself. */
  readonly pattern?: string;
  /** Says more than the pattern does; a reader that knows the format checks it as well. */
  readonly format?: 'date-time';
}

export interface ListSchema {
  readonly type: 'array';
  readonly items: ValueSchema;
}

/** An object with any names and values of one kind. */
export interface MapSchema {
  readonly type: 'object';
  readonly additionalProperties: ValueSchema;
}

export interface ChoiceSchema {
  readonly anyOf: readonly ValueSchema[];
}

export type ValueTest = (value: unknown) => boolean;

/** The test of a value by its schema. */
export function testOf(schema: ValueSchema): ValueTest {
  if ('anyOf' in schema) {
    const tests = schema.anyOf.map(testOf);
    return (value) => tests.some((test) => test(value));
  }
  switch (schema.type) {
    case 'string':
      return testOfText(schema);
    case 'array': {
      const test = testOf(schema.items);
      return (value) => Array.isArray(value) && value.every(test);
    }
    case 'object': {
      const test = testOf(schema.additionalProperties);
      return (value) => isObject(value) && Object.values(value).every(test);
    }
  }
}

/** The schema of text that a pattern describes. Throws when it has flags: JSON Schema has none. */
export function textLike(pattern: RegExp): TextSchema {
  if (pattern.flags !== '') throw new Error(`${String(pattern)}: a pattern of a contract has no flags`);
  return { type: 'string', pattern: pattern.source };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function testOfText({
  const: only,
  enum: choices,
  minLength,
  maxLength,
  pattern,
  format,
}: TextSchema): ValueTest {
  const tests: ((text: string) => boolean)[] = [];
  if (only !== undefined) tests.push((text) => text === only);
  if (choices !== undefined) tests.push((text) => choices.includes(text));
  // A character is one unit or two, so that most text needs no counting.
  if (minLength !== undefined)
    tests.push((text) => text.length >= 2 * minLength || lengthOf(text) >= minLength);
  if (maxLength !== undefined) tests.push((text) => text.length <= maxLength || lengthOf(text) <= maxLength);
  if (pattern !== undefined) {
    const expression = new RegExp(pattern, 'u');
    tests.push((text) => expression.test(text));
  }
  if (format !== undefined) tests.push(isRealDay);
  return (value) => typeof value === 'string' && tests.every((test) => test(value));
}

/** Characters, of which some are two units of a JavaScript string. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** The pattern of a time can't say that April has 30 days. */
function isRealDay(text: string): boolean {
  if (Number(text.slice(8, 10)) <= 28) return true;
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text.slice(0, 10));
}
