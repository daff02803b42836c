import { shownName } from '#platform/json/shown-name';
import { readStrictJson } from '#platform/json/strict-json';
import type { Problem } from './problem.js';
import { isObject, testOf, textLike, type TextSchema, type ValueTest } from './value-schema.js';

/** A CloudEvent 1.0 (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md) with JSON data. */
export interface CloudEvent {
  /** 1 to 128 printable ASCII characters without spaces; unique with `source`. */
  readonly id: string;
  /** Who sent it: for a command, the caller. 1 to 128 printable ASCII characters without spaces. */
  readonly source: string;
  readonly type: string;
  /** RFC 3339. */
  readonly time?: string;
  readonly data: unknown;
}

/** Attributes of an event that isn't valid as far as they could be read, to answer its sender. */
export interface KnownAttributes {
  readonly id?: string;
  readonly source?: string;
}

export type CloudEventReading =
  | { readonly ok: true; readonly event: CloudEvent }
  | ({
      readonly ok: false;
      readonly reason: 'too-large' | 'malformed-json' | 'not-a-cloud-event';
      readonly problems: readonly Problem[];
    } & KnownAttributes);

const NAME = textLike(/^[\x21-\x7e]{1,128}$/);
const TYPE = textLike(/^[A-Za-z0-9.-]{1,128}$/);
/** A pattern of a contract has no flags, so the media type spells out that its case doesn't matter. */
const JSON_CONTENT = textLike(
  new RegExp(`^${anyCase('application/json')}(?:; *${anyCase('charset=utf-8')})?$`),
);
const DATE = /[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])/.source;
const CLOCK_TIME = /(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?/.source;
const OFFSET = /(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])/.source;
const TIME: TextSchema = {
  ...textLike(new RegExp(`^${DATE}T${CLOCK_TIME}${OFFSET}$`)),
  format: 'date-time',
};
/** `constructor` would be a name that every JavaScript object has: strict JSON refuses it. */
const EXTENSION_NAME = textLike(/^(?!constructor$)[a-z0-9]{1,20}$/);

interface Attribute {
  readonly name: string;
  readonly required: boolean;
  readonly must: string;
  /** `data`: an object, of which the type says more. */
  readonly schema: TextSchema | 'object';
  readonly description: string;
}

const NAME_RULE = 'must be text of 1 to 128 printable ASCII characters without spaces';
const ATTRIBUTES: readonly Attribute[] = [
  {
    name: 'specversion',
    required: true,
    must: 'must be "1.0"',
    schema: { type: 'string', const: '1.0' },
    description: 'The version of CloudEvents.',
  },
  {
    name: 'id',
    required: true,
    must: NAME_RULE,
    schema: NAME,
    description: 'Unique with `source`. Of a command: the command id.',
  },
  {
    name: 'source',
    required: true,
    must: NAME_RULE,
    schema: NAME,
    description: 'Who sent it. Of a command: the caller.',
  },
  {
    name: 'type',
    required: true,
    must: 'must be the name of a message type',
    schema: TYPE,
    description: 'The type with its version.',
  },
  {
    name: 'time',
    required: false,
    must: 'must be an RFC 3339 time',
    schema: TIME,
    description: "RFC 3339, by the sender's clock.",
  },
  {
    name: 'datacontenttype',
    required: false,
    must: 'must be application/json',
    schema: JSON_CONTENT,
    description: '`application/json`.',
  },
  { name: 'data', required: true, must: 'must be an object', schema: 'object', description: '' },
];
const TESTS: ReadonlyMap<string, ValueTest> = new Map(
  ATTRIBUTES.map(({ name, schema }) => [name, schema === 'object' ? isObject : testOf(schema)]),
);
const isName = testOf(NAME);
const isExtensionName = testOf(EXTENSION_NAME);

/**
 * Reads a CloudEvent in JSON format. In this order: size, encoding and JSON (`strict-json.ts`), then every attribute in
 * the order of `ATTRIBUTES`. Extension attributes are allowed by the specification and ignored, if their name and value
 * are of its form.
 */
export function readCloudEvent(bytes: Uint8Array, maxBytes: number): CloudEventReading {
  if (bytes.byteLength > maxBytes) {
    return refused('too-large', [{ field: '', message: `send at most ${maxBytes} bytes` }]);
  }
  const json = readStrictJson(bytes);
  if (!json.ok) return refused('malformed-json', [{ field: '', message: json.remedy }]);
  const { value } = json;
  if (!isObject(value)) return refused('not-a-cloud-event', [{ field: '', message: 'must be an object' }]);
  const problems = [...attributeProblems(value), ...extensionProblems(value)];
  if (problems.length > 0) return { ...refused('not-a-cloud-event', problems), ...knownAttributes(value) };
  const { id, source, type, time, data } = value as unknown as CloudEvent;
  return { ok: true, event: { id, source, type, ...(time === undefined ? {} : { time }), data } };
}

/** The event as JSON in UTF-8. */
export function printCloudEvent({ id, source, type, time, data }: CloudEvent): Uint8Array {
  const event = { specversion: '1.0', id, source, type, time, datacontenttype: 'application/json', data };
  return new TextEncoder().encode(JSON.stringify(event));
}

function refused(
  reason: 'too-large' | 'malformed-json' | 'not-a-cloud-event',
  problems: readonly Problem[],
): Extract<CloudEventReading, { ok: false }> {
  return { ok: false, reason, problems };
}

function attributeProblems(value: Readonly<Record<string, unknown>>): readonly Problem[] {
  return ATTRIBUTES.flatMap(({ name, required, must }) => {
    const sent = value[name];
    if (sent === undefined) return required ? [{ field: name, message: `is missing: it ${must}` }] : [];
    return TESTS.get(name)?.(sent) === true ? [] : [{ field: name, message: must }];
  });
}

function extensionProblems(value: Readonly<Record<string, unknown>>): readonly Problem[] {
  return Object.entries(value).flatMap(([name, sent]) => {
    if (TESTS.has(name) || (isExtensionName(name) && isAttributeValue(sent))) return [];
    return [
      { field: shownName(name), message: 'is no attribute of a CloudEvent with JSON data: leave it out' },
    ];
  });
}

function isAttributeValue(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isInteger(value);
}

function knownAttributes({ id, source }: Readonly<Record<string, unknown>>): KnownAttributes {
  return {
    ...(typeof id === 'string' && isName(id) ? { id } : {}),
    ...(typeof source === 'string' && isName(source) ? { source } : {}),
  };
}

/** `Json` → `[jJ][sS][oO][nN]`. */
function anyCase(text: string): string {
  return text.replaceAll(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
}

/** What a message with these attributes and this data must look like: the published form of `readCloudEvent`. */
export function cloudEventSchema(
  { type, source }: { readonly type: string; readonly source?: string },
  data: object,
  alsoRequired: readonly string[],
): object {
  const only: Readonly<Record<string, string | undefined>> = { type, source };
  const properties = ATTRIBUTES.map(({ name, schema, description }) => {
    if (schema === 'object') return [name, data];
    const value = only[name];
    return [name, { description, ...(value === undefined ? schema : { type: 'string', const: value }) }];
  });
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as object,
    required: ATTRIBUTES.filter(({ name, required }) => required || alsoRequired.includes(name)).map(
      ({ name }) => name,
    ),
    // Extension attributes, which are ignored.
    propertyNames: { pattern: EXTENSION_NAME.pattern },
    additionalProperties: { type: ['string', 'boolean', 'integer'] },
  };
}
