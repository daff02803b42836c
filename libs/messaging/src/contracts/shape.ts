import { ValidateBy, ValidateIf, validateSync } from 'class-validator';
import { shownName, type Problem } from './problem.js';

/** A class whose decorated fields say what an object of the wire must look like. */
export interface Shape<T extends object = object> {
  new (): T;
  /** For a field that is an object itself: the shape of what was sent. */
  readonly nested?: Readonly<Record<string, (sent: Readonly<Record<string, unknown>>) => Shape>>;
}

/** The field's value must pass `test`; `must` says so without the value, as in `must be text`. */
export function Must(must: string, test: (value: unknown) => boolean): PropertyDecorator {
  return ValidateBy({ name: 'must', validator: { validate: test, defaultMessage: () => must } });
}

/** The field may be missing. `null` is not missing. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** One line of text of 1 to `longest` characters (UTF-16 units). */
export function Text(longest: number): PropertyDecorator {
  return Must(
    `must be one line of text, 1 to ${longest} characters`,
    (value) => typeof value === 'string' && value !== '' && value.length <= longest && !CONTROL.test(value),
  );
}

/** Text that a reader of the domain takes; `must` describes its form. */
export function ReadBy(read: (text: string) => unknown, must: string): PropertyDecorator {
  return Must(must, (value) => {
    if (typeof value !== 'string') return false;
    try {
      read(value);
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  });
}

export function OneOf(choices: readonly string[]): PropertyDecorator {
  return Must(`must be one of ${choices.join(', ')}`, (value) => choices.includes(value as string));
}

export function Matching(pattern: RegExp, must: string): PropertyDecorator {
  return Must(must, (value) => typeof value === 'string' && pattern.test(value));
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The field must be an object; `nested` of its class says which. */
export function ObjectField(): PropertyDecorator {
  return Must('must be an object', isObject);
}

/**
 * What is wrong with an object that was sent: its fields in the order in which the class declares them (one problem for
 * each), then the fields that it shouldn't have. `path` comes before each name. Empty: it is of this shape.
 */
export function problemsIn(shape: Shape, sent: unknown, path: string): readonly Problem[] {
  if (!isObject(sent)) return [{ field: path, message: 'must be an object' }];
  const instance = new shape();
  const known = Object.keys(instance);
  const errors = validateSync(Object.assign(instance, sent), {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
  });
  const wrong = new Map(
    errors.map(({ property, constraints = {} }) => [property, Object.values(constraints)[0]]),
  );
  const ofKnown = known.flatMap((name): readonly Problem[] => {
    const field = `${path}.${name}`;
    if (wrong.has(name)) {
      const must = wrong.get(name) ?? 'is not valid';
      return [{ field, message: sent[name] === undefined ? `is missing: it ${must}` : must }];
    }
    const inner = shape.nested?.[name];
    const value = sent[name];
    return inner !== undefined && isObject(value) ? problemsIn(inner(value), value, field) : [];
  });
  const extra = [...wrong.keys()]
    .filter((name) => !known.includes(name))
    .map((name) => ({
      field: `${path}.${shownName(name)}`,
      message: 'is not a field of this message: leave it out',
    }));
  return [...ofKnown, ...extra];
}
