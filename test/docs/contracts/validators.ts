import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { page } from '../pages.js';
import { schemaFile } from './contract-files.js';

export type JsonValidator = (value: unknown) => boolean;

/** A validator for draft 2020-12 that knows formats and forgives no keyword that it doesn't know. */
export function ajv2020(): Ajv2020 {
  const ajv = new Ajv2020({ strict: true, strictRequired: true, allowUnionTypes: true, allErrors: true });
  addFormats.default(ajv);
  return ajv;
}

/** The validator of a schema as it lies in docs/contracts/. */
export function publishedValidator(name: string): ValidateFunction {
  return ajv2020().compile(JSON.parse(page(schemaFile(name))) as object);
}
