import { cloudEventSchema } from './cloud-event.js';
import { OWN_SOURCE } from './own-message.js';
import { fieldsOf, isNested, type FieldDeclaration, type NestedShape, type Shape } from './shape.js';

/** A JSON Schema (draft 2020-12), as an object whose fields are in the order in which they are printed. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What an object of this shape must look like: the published form of `problemsIn`. */
export function schemaOf(shape: Shape): JsonSchema {
  const fields = [...fieldsOf(shape)];
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, field]) => [name, schemaOfField(field)])),
    required: fields.filter(([, { optional }]) => !optional).map(([name]) => name),
    ...(shape.ignoresMore === true ? {} : { additionalProperties: false }),
  };
}

/** The whole message: the CloudEvent with its data. `own`: the service sends it, so it has a time and one source. */
export function messageSchema(type: string, shape: Shape, { own }: { readonly own: boolean }): JsonSchema {
  const attributes = own ? { type, source: OWN_SOURCE } : { type };
  return { ...cloudEventSchema(attributes, schemaOf(shape), own ? ['time'] : []) };
}

function schemaOfField({ description, value }: FieldDeclaration): JsonSchema {
  const schema = isNested(value) ? schemaOfNested(value) : { ...value };
  return description === undefined ? schema : { description, ...schema };
}

function schemaOfNested(nested: NestedShape): JsonSchema {
  switch (nested.kind) {
    case 'one':
      return schemaOf(nested.shape);
    case 'tagged':
      // Each fixes its tag, so that no object is of two.
      return { oneOf: Object.values(nested.shapes).map(schemaOf) };
  }
}
