import type { Problem } from './problem.js';
import { shownName } from './problem.js';
import { isObject } from './shape.js';
import { readStrictJson } from './strict-json.js';

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

const NAME = /^[\x21-\x7e]{1,128}$/;
const TYPE = /^[A-Za-z0-9.-]{1,128}$/;
const JSON_CONTENT = /^application\/json(?:; *charset=utf-8)?$/i;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const EXTENSION = /^[a-z0-9]{1,20}$/;

interface Attribute {
  readonly name: string;
  readonly required: boolean;
  readonly must: string;
  readonly test: (value: unknown) => boolean;
}

function text(pattern: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && pattern.test(value);
}

const NAME_RULE = 'must be text of 1 to 128 printable ASCII characters without spaces';
const ATTRIBUTES: readonly Attribute[] = [
  { name: 'specversion', required: true, must: 'must be "1.0"', test: (value) => value === '1.0' },
  { name: 'id', required: true, must: NAME_RULE, test: text(NAME) },
  { name: 'source', required: true, must: NAME_RULE, test: text(NAME) },
  { name: 'type', required: true, must: 'must be the name of a message type', test: text(TYPE) },
  { name: 'time', required: false, must: 'must be an RFC 3339 time', test: isTime },
  { name: 'datacontenttype', required: false, must: 'must be application/json', test: text(JSON_CONTENT) },
  { name: 'data', required: true, must: 'must be an object', test: isObject },
];
const KNOWN: ReadonlySet<string> = new Set(ATTRIBUTES.map(({ name }) => name));

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
  return ATTRIBUTES.flatMap(({ name, required, must, test }) => {
    const sent = value[name];
    if (sent === undefined) return required ? [{ field: name, message: `is missing: it ${must}` }] : [];
    return test(sent) ? [] : [{ field: name, message: must }];
  });
}

function extensionProblems(value: Readonly<Record<string, unknown>>): readonly Problem[] {
  return Object.entries(value).flatMap(([name, sent]) => {
    if (KNOWN.has(name) || (EXTENSION.test(name) && isAttributeValue(sent))) return [];
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
    ...(typeof id === 'string' && NAME.test(id) ? { id } : {}),
    ...(typeof source === 'string' && NAME.test(source) ? { source } : {}),
  };
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value));
}
