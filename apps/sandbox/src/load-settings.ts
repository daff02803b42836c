import { readFileSync } from 'node:fs';
import { defaultSettings } from './default-settings.js';
import type { SandboxSettings } from './settings.js';

/** Reads a settings file over the defaults. Throws when the file has a name that the settings don't have. */
export function loadSettings(path: string | null): SandboxSettings {
  if (path === null) return defaultSettings;
  const given: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return withOverrides(given);
}

/** The defaults with some values replaced, at any depth; lists are replaced whole. */
export function withOverrides(given: unknown): SandboxSettings {
  return merged(defaultSettings, given, 'settings') as SandboxSettings;
}

function merged(base: unknown, given: unknown, path: string): unknown {
  if (!isPlainObject(base)) {
    const fits = base === null ? given === null || typeof given === 'string' : kindOf(given) === kindOf(base);
    if (!fits) throw new Error(`${path} must be of type ${kindOf(base)}`);
    return given;
  }
  if (!isPlainObject(given)) throw new Error(`${path} must be an object`);
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(given)) {
    if (!(name in base))
      throw new Error(`${path}.${name} is not a setting; known are ${Object.keys(base).join(', ')}`);
    result[name] = merged(base[name], value, `${path}.${name}`);
  }
  return result;
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
