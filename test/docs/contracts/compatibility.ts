import { isDeepStrictEqual } from 'node:util';
import type { Direction } from '#messaging/contracts/catalogue';
import type { JsonSchema } from '#messaging/contracts/json-schema';

/** Keywords that say nothing about what is valid. */
const ANNOTATIONS: ReadonlySet<string> = new Set(['$schema', '$id', 'title', 'description', 'examples']);
const LOWER_BOUNDS = ['minLength'];
const UPPER_BOUNDS = ['maxLength'];
const OBJECT_KEYWORDS = ['properties', 'required', 'additionalProperties', 'propertyNames'];

/**
 * Why a message's form can't be changed from `published` to `current` without a new version. Empty: everything that was
 * published still holds.
 */
export function breaksIn(
  published: JsonSchema,
  current: JsonSchema,
  direction: Direction,
): readonly string[] {
  const taken = direction === 'out' ? [] : excess(published, current, '');
  const sent = direction === 'in' ? [] : excess(current, published, '');
  return [
    ...taken.map((line) => `was allowed and is refused now: ${line}`),
    ...sent.map((line) => `is sent now and old readers refuse it: ${line}`),
  ];
}

/** The schema without annotations: what is frozen. */
export function withoutAnnotations(schema: JsonSchema): JsonSchema {
  const kept = Object.entries(schema).filter(([keyword]) => !ANNOTATIONS.has(keyword));
  return Object.fromEntries(
    kept.map(([keyword, value]) => {
      if (keyword === 'properties') return [keyword, mapValues(asSchema(value), bare)];
      if (Array.isArray(value)) return [keyword, value.map(bare)];
      return [keyword, bare(value)];
    }),
  );
}

function bare(value: unknown): unknown {
  return isSchema(value) ? withoutAnnotations(value) : value;
}

/**
 * What `narrow` allows and `wide` doesn't, by place: an approximation that errs on the strict side. It knows the keywords
 * of our own schemas; any other must be equal in both.
 */
function excess(narrow: JsonSchema, wide: JsonSchema, path: string): readonly string[] {
  const here = path === '' ? 'the message' : path;
  if (alternativesOf(narrow) !== undefined || alternativesOf(wide) !== undefined) {
    const choices = alternativesOf(wide) ?? [wide];
    return (alternativesOf(narrow) ?? [narrow]).flatMap((one, at) =>
      choices.some((other) => excess(one, other, path).length === 0)
        ? []
        : [`alternative ${at + 1} of ${here}`],
    );
  }
  if (narrow['type'] !== wide['type'] && !isDeepStrictEqual(narrow['type'], wide['type'])) {
    return [`${here} of type ${JSON.stringify(narrow['type'])}`];
  }
  return [
    ...excessOfValues(narrow, wide, here),
    ...(narrow['type'] === 'object' ? excessOfObjects(narrow, wide, path) : []),
    ...otherKeywords(narrow, wide)
      .filter((keyword) => wide[keyword] !== undefined)
      .filter((keyword) => !isDeepStrictEqual(narrow[keyword], wide[keyword]))
      .map((keyword) => `${here}: another ${keyword}`),
  ];
}

function excessOfValues(narrow: JsonSchema, wide: JsonSchema, here: string): readonly string[] {
  const lines: string[] = [];
  const allowed = choicesOf(wide);
  if (allowed !== undefined) {
    const found = choicesOf(narrow);
    if (found === undefined) lines.push(`${here}: any value`);
    else for (const value of found) if (!allowed.includes(value)) lines.push(`${here}: ${String(value)}`);
    return lines;
  }
  // A list of values is bounded by itself.
  if (choicesOf(narrow) !== undefined) return lines;
  for (const keyword of LOWER_BOUNDS) {
    const bound = numberOf(wide[keyword]);
    if (bound !== undefined && (numberOf(narrow[keyword]) ?? -Infinity) < bound)
      lines.push(`${here}: a lower ${keyword}`);
  }
  for (const keyword of UPPER_BOUNDS) {
    const bound = numberOf(wide[keyword]);
    if (bound !== undefined && (numberOf(narrow[keyword]) ?? Infinity) > bound)
      lines.push(`${here}: a higher ${keyword}`);
  }
  return lines;
}

function excessOfObjects(narrow: JsonSchema, wide: JsonSchema, path: string): readonly string[] {
  const [inner, outer] = [propertiesOf(narrow), propertiesOf(wide)];
  const name = (field: string): string => (path === '' ? field : `${path}.${field}`);
  const lines: string[] = [];
  for (const field of listOf(wide['required'])) {
    if (!listOf(narrow['required']).includes(field)) lines.push(`a message without ${name(field)}`);
  }
  for (const [field, schema] of Object.entries(inner)) {
    const counterpart = outer[field] ?? wide['additionalProperties'];
    if (counterpart === false) lines.push(`a field ${name(field)}`);
    else if (isSchema(counterpart)) lines.push(...excess(schema, counterpart, name(field)));
  }
  for (const [field, schema] of Object.entries(outer)) {
    if (inner[field] !== undefined) continue;
    const counterpart = narrow['additionalProperties'] ?? true;
    if (counterpart === true) lines.push(`anything in ${name(field)}`);
    else if (isSchema(counterpart)) lines.push(...excess(counterpart, schema, name(field)));
  }
  const [more, allowed] = [narrow['additionalProperties'] ?? true, wide['additionalProperties'] ?? true];
  if (allowed === false && more !== false) lines.push(`${name('*')}: fields that are not named`);
  else if (isSchema(allowed)) {
    if (isSchema(more)) lines.push(...excess(more, allowed, name('*')));
    else if (more !== false) lines.push(`${name('*')}: fields with any value`);
  }
  const names = wide['propertyNames'];
  if (names !== undefined && more !== false && !isDeepStrictEqual(narrow['propertyNames'], names))
    lines.push(`${name('*')}: other names of fields`);
  return lines;
}

function otherKeywords(narrow: JsonSchema, wide: JsonSchema): readonly string[] {
  const known = new Set([
    ...ANNOTATIONS,
    ...LOWER_BOUNDS,
    ...UPPER_BOUNDS,
    ...OBJECT_KEYWORDS,
    'type',
    'const',
    'enum',
  ]);
  return [...new Set([...Object.keys(narrow), ...Object.keys(wide)])].filter(
    (keyword) => !known.has(keyword),
  );
}

function alternativesOf(schema: JsonSchema): readonly JsonSchema[] | undefined {
  const alternatives = schema['oneOf'] ?? schema['anyOf'];
  return Array.isArray(alternatives) ? (alternatives as readonly JsonSchema[]) : undefined;
}

function choicesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if (schema['const'] !== undefined) return [schema['const']];
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined;
}

function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asSchema(value: unknown): JsonSchema {
  return isSchema(value) ? value : {};
}

function mapValues(object: JsonSchema, change: (value: unknown) => unknown): JsonSchema {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
