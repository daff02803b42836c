import { ValidateBy, ValidateIf, validateSync } from 'class-validator';
import { shownName } from '#platform/json/shown-name';
import type { Problem } from './problem.js';
import { isObject, testOf, textLike, type ValueSchema } from './value-schema.js';

/**
 * A class whose decorated fields say what an object of the wire must look like. The decorators are the only place that
 * says it: `problemsIn` reads by them, and `json-schema.ts` writes the published schema from them.
 */
export interface Shape<T extends object = object> {
  new (): T;
  /** Fields that it doesn't declare are passed over: it may get more of them without a new version. */
  readonly ignoresMore?: true;
}

/** A field that is an object itself: one shape, or one of several by the text in its field `tag`. */
export type NestedShape =
  | { readonly kind: 'one'; readonly shape: Shape }
  | {
      readonly kind: 'tagged';
      readonly tag: string;
      readonly shapes: Readonly<Record<string, Shape>>;
      /** Measures an object whose tag is missing or unknown. */
      readonly otherwise: Shape;
    };

export interface FieldDeclaration {
  readonly optional: boolean;
  readonly description: string | undefined;
  readonly value: ValueSchema | NestedShape | undefined;
}

const UNDECLARED: FieldDeclaration = { optional: false, description: undefined, value: undefined };
/** By the class's prototype and the field's name. */
const DECLARATIONS = new WeakMap<object, Map<string, FieldDeclaration>>();

function declare(target: object, field: string | symbol, part: Partial<FieldDeclaration>): void {
  const fields = DECLARATIONS.get(target) ?? new Map<string, FieldDeclaration>();
  fields.set(String(field), { ...UNDECLARED, ...fields.get(String(field)), ...part });
  DECLARATIONS.set(target, fields);
}

const FIELDS = new WeakMap<Shape, ReadonlyMap<string, FieldDeclaration>>();

/** The fields of a shape in the order in which its class has them. Throws on a field that no decorator describes. */
export function fieldsOf(shape: Shape): ReadonlyMap<string, FieldDeclaration> {
  const known = FIELDS.get(shape);
  if (known !== undefined) return known;
  const declared = DECLARATIONS.get(shape.prototype as object);
  const fields = new Map(
    Object.keys(new shape()).map((name) => {
      const field = declared?.get(name);
      if (field?.value === undefined) throw new Error(`${shape.name}.${name} says nothing about its value`);
      return [name, field];
    }),
  );
  FIELDS.set(shape, fields);
  return fields;
}

function must(test: (value: unknown) => boolean, message: string): PropertyDecorator {
  return ValidateBy({ name: 'must', validator: { validate: test, defaultMessage: () => message } });
}

/** The field's value must be of `schema`; `message` says so without the value, as in `must be text`. */
export function Must(message: string, schema: ValueSchema): PropertyDecorator {
  const validate = must(testOf(schema), message);
  return (target, field) => {
    declare(target, field, { value: schema });
    validate(target, field);
  };
}

/** The field may be missing. `null` is not missing. */
export function Optional(): PropertyDecorator {
  const skip = ValidateIf((_, value) => value !== undefined);
  return (target, field) => {
    declare(target, field, { optional: true });
    skip(target, field);
  };
}

/** What the field means, for whoever reads the schema. */
export function Means(description: string): PropertyDecorator {
  return (target, field) => declare(target, field, { description });
}

/** No control characters, no line breaks. */
const ONE_LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/.source;

/** One line of text of 1 to `longest` characters. */
export function Text(longest: number): PropertyDecorator {
  return Must(`must be one line of text, 1 to ${longest} characters`, {
    type: 'string',
    minLength: 1,
    maxLength: longest,
    pattern: ONE_LINE,
  });
}

export function OneOf(choices: readonly string[]): PropertyDecorator {
  const [only] = choices;
  return Must(
    `must be one of ${choices.join(', ')}`,
    choices.length === 1 && only !== undefined
      ? { type: 'string', const: only }
      : { type: 'string', enum: choices },
  );
}

export function Matching(pattern: RegExp, message: string): PropertyDecorator {
  return Must(message, textLike(pattern));
}

/** The field must be an object of this shape, or of one of these. */
export function Nested(nested: Shape | Exclude<NestedShape, { kind: 'one' }>): PropertyDecorator {
  const validate = must(isObject, 'must be an object');
  const value: NestedShape = 'kind' in nested ? nested : { kind: 'one', shape: nested };
  return (target, field) => {
    declare(target, field, { value });
    validate(target, field);
  };
}

export function isNested(value: FieldDeclaration['value']): value is NestedShape {
  return value !== undefined && 'kind' in value;
}

/** The shape by which an object is measured. */
export function shapeFor(nested: NestedShape, sent: Readonly<Record<string, unknown>>): Shape {
  switch (nested.kind) {
    case 'one':
      return nested.shape;
    case 'tagged': {
      const tag = sent[nested.tag];
      const known = typeof tag === 'string' && Object.hasOwn(nested.shapes, tag);
      return (known ? nested.shapes[tag] : undefined) ?? nested.otherwise;
    }
  }
}

/**
 * What is wrong with an object that was sent: its fields in the order in which the class declares them (one problem for
 * each), then the fields that it shouldn't have. `path` comes before each name. Empty: it is of this shape.
 */
export function problemsIn(shape: Shape, sent: unknown, path: string): readonly Problem[] {
  if (!isObject(sent)) return [{ field: path, message: 'must be an object' }];
  const fields = fieldsOf(shape);
  const ignoresMore = shape.ignoresMore === true;
  const measured = Object.assign(new shape(), ignoresMore ? declaredOf(shape, sent) : sent);
  const errors = validateSync(measured, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
  });
  const wrong = new Map(
    errors.map(({ property, constraints = {} }) => [property, Object.values(constraints)[0]]),
  );
  const ofKnown = [...fields].flatMap(([name, { value: nested }]): readonly Problem[] => {
    const field = `${path}.${name}`;
    if (wrong.has(name)) {
      const message = wrong.get(name) ?? 'is not valid';
      return [{ field, message: sent[name] === undefined ? `is missing: it ${message}` : message }];
    }
    const value = sent[name];
    return isNested(nested) && isObject(value) ? problemsIn(shapeFor(nested, value), value, field) : [];
  });
  const extra = [...wrong.keys()]
    .filter((name) => !fields.has(name))
    .map((name) => ({
      field: `${path}.${shownName(name)}`,
      message: 'is not a field of this message: leave it out',
    }));
  return [...ofKnown, ...extra];
}

/** What was sent, without fields that the shape doesn't declare. */
export function declaredOf<T extends object>(shape: Shape<T>, sent: object): Partial<T> {
  const fields = fieldsOf(shape);
  return Object.fromEntries(Object.entries(sent).filter(([name]) => fields.has(name))) as Partial<T>;
}
