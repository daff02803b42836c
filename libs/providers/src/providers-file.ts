import { readFileSync } from 'node:fs';
import { PROVIDER_NAMES } from '#domain/provider/provider-name';
import { text } from '#platform/config/setting';
import type { ProviderParts } from './provider-parts.js';
import { ProviderRegistry, type ProvidersSettings, type ProvidersTiming } from './registry.js';

/** The variable that names the file. */
export const PROVIDERS_FILE_SETTING = text('PAYOUT_PROVIDERS_FILE', {
  description: 'JSON file with the settings of the providers to be used (docs/providers.example.json)',
  optional: true,
});

/** The providers' file can't be used; the message names the file and the remedy and quotes nothing of it. */
export class ProvidersFileError extends Error {
  override readonly name = 'ProvidersFileError';
}

export interface ProvidersFile {
  readonly settings: ProvidersSettings;
  readonly timing?: ProvidersTiming;
  /** Hosts that may be spoken to without TLS: a sandbox in a network of its own, never a vendor. */
  readonly plainHttpHosts?: readonly string[];
}

const KNOWN: ReadonlySet<string> = new Set(PROVIDER_NAMES);

/**
 * `{"settings": {"dvpay": {…}, …}, "timing": {…}, "plainHttpHosts": […]}`. The adapters check the settings themselves; a name that is no
 * provider's is refused here, since payouts would wait for it in vain. No file means no provider.
 */
export function readProvidersFile(path: string | undefined): ProvidersFile {
  if (path === undefined) return { settings: {} };
  const content = readJson(path);
  const { settings, timing } = isObject(content) ? content : {};
  if (!isObject(settings)) {
    throw new ProvidersFileError(
      `${path}: write {"settings": {"dvpay": {…}, …}}, see docs/providers.example.json`,
    );
  }
  requireProviders(path, 'settings', settings);
  if (timing !== undefined) {
    if (!isObject(timing)) throw new ProvidersFileError(`${path}: write "timing" as {"dvpay": {…}, …}`);
    requireProviders(path, 'timing', timing);
  }
  const plain: unknown = isObject(content) ? content['plainHttpHosts'] : undefined;
  if (plain !== undefined && !(Array.isArray(plain) && plain.every((host) => typeof host === 'string')))
    throw new ProvidersFileError(`${path}: write "plainHttpHosts" as a list of host names`);
  return content as ProvidersFile;
}

function requireProviders(path: string, part: string, named: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(named)) {
    if (!KNOWN.has(name)) {
      throw new ProvidersFileError(
        `${path}: ${part} names ${JSON.stringify(name.slice(0, 40))}, which is no provider; there are ${PROVIDER_NAMES.join(', ')}`,
      );
    }
    if (!isObject(value)) {
      throw new ProvidersFileError(
        `${path}: ${part}.${name} has to be an object; leave it out if it isn't used`,
      );
    }
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readJson(path: string): unknown {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ProvidersFileError(
      `${PROVIDERS_FILE_SETTING.name}: ${path} can't be read; give the path of a JSON file`,
      { cause: error },
    );
  }
  try {
    return JSON.parse(content);
  } catch {
    // The parser's own words would quote what is in the file.
    throw new ProvidersFileError(`${PROVIDERS_FILE_SETTING.name}: ${path} is not JSON`);
  }
}

/** The providers that the file sets up. Throws a `ProviderSettingsError`. */
export function registryOf(
  { settings, timing, plainHttpHosts = [] }: ProvidersFile,
  parts: Pick<ProviderParts, 'http' | 'clock' | 'ids'>,
): ProviderRegistry {
  return ProviderRegistry.build(settings, { ...parts, plainHttpHosts }, timing);
}
