import { existsSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';
import { CONTRACTS, type Direction } from '#messaging/contracts/catalogue';
import type { JsonSchema } from '#messaging/contracts/json-schema';
import { page, ROOT } from '../pages.js';
import { asyncApi } from './asyncapi.js';
import { breaksIn, withoutAnnotations } from './compatibility.js';
import { EXAMPLES } from './examples.js';

const FOLDER = 'docs/contracts';
export const PUBLISHED_FILE = `${FOLDER}/published.json`;
export const ASYNCAPI_FILE = `${FOLDER}/asyncapi.yaml`;

/** A schema with a name of its own: that of a message type, or of a topic's headers. */
export interface NamedSchema {
  readonly name: string;
  readonly direction: Direction;
  readonly schema: JsonSchema;
}

export const SCHEMAS: readonly NamedSchema[] = CONTRACTS.flatMap(
  ({ topic, direction, headers, messages }) => [
    ...messages.map(({ type, name, summary, schema }) => ({
      name: type,
      direction,
      schema: { title: name, description: summary, ...schema },
    })),
    { name: `${topic}.headers`, direction, schema: { title: `Headers on ${topic}`, ...headers } },
  ],
);

/** Frozen schemas by name, without annotations. */
export type Published = Readonly<Record<string, JsonSchema>>;

export function schemaFile(name: string): string {
  return `${FOLDER}/schemas/${name}.schema.json`;
}

export function exampleFile(type: string): string {
  return `${FOLDER}/examples/${type}.json`;
}

/** A whole schema file: its dialect and its name come first. */
export function document({ name, schema }: NamedSchema): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:payout-ledger:${name}`,
    ...schema,
  };
}

/** What has been published so far; empty before the first time. */
export function readPublished(): Published {
  return existsSync(new URL(PUBLISHED_FILE, ROOT)) ? (JSON.parse(page(PUBLISHED_FILE)) as Published) : {};
}

/** What can't be done to what is published without a new version, one line each with its remedy. */
export function publishedBreaks(published: Published): readonly string[] {
  return Object.entries(published).flatMap(([name, frozen]) => {
    const current = SCHEMAS.find((schema) => schema.name === name);
    if (current === undefined)
      return [`${name} is published and no longer in the code: keep it until nobody uses it`];
    return breaksIn(frozen, withoutAnnotations(current.schema), current.direction).map(
      (line) =>
        `${name}: ${line}. Make a new version beside it (docs/contracts/README.md, «What may change»)`,
    );
  });
}

/** What has to lie in docs/contracts/ besides the pages that people write, by its path. */
export async function contractFiles(): Promise<ReadonlyMap<string, string>> {
  const frozen = Object.fromEntries(SCHEMAS.map(({ name, schema }) => [name, withoutAnnotations(schema)]));
  const files: (readonly [string, string])[] = [
    [ASYNCAPI_FILE, stringify(asyncApi(), { lineWidth: 0, aliasDuplicateObjects: false })],
    [PUBLISHED_FILE, JSON.stringify(frozen)],
    ...SCHEMAS.map((schema) => [schemaFile(schema.name), JSON.stringify(document(schema))] as const),
    ...EXAMPLES.map(({ type, value }) => [exampleFile(type), new TextDecoder().decode(value)] as const),
  ];
  return new Map(
    await Promise.all(files.map(async ([path, text]) => [path, await pretty(path, text)] as const)),
  );
}

async function pretty(path: string, text: string): Promise<string> {
  const options = await resolveConfig(new URL('package.json', ROOT));
  // An object that comes on one line would stay there.
  const spread = path.endsWith('.json') ? JSON.stringify(JSON.parse(text), undefined, 2) : text;
  return format(spread, { ...options, filepath: path });
}
