import type { Addresses } from './embedded.js';

export interface Welcome {
  readonly addresses: Addresses;
  readonly dataFolder: string;
  readonly providers: readonly string[];
}

/** What a person reads after the start: where everything is, and a first call to try. */
export function welcome({ addresses, dataFolder, providers }: Welcome): string {
  const { api, callbacks, operators, bus } = addresses;
  return `
payout-ledger is running, with everything in ${dataFolder}

  API          ${api}        (described at ${api}/docs)
  callbacks    ${callbacks}/callbacks/<provider>
  operators    ${operators}        (npm run payout-ops -- loops)
${bus === undefined ? '' : `  bus          ${bus}/bus        (the Kafka topics, over HTTP)\n`}  providers    ${providers.length === 0 ? 'none: set PAYOUT_PROVIDERS_FILE' : providers.join(', ')}

Try it:

  curl -sX POST ${api}/v1/accounts -H 'Idempotency-Key: first-account' \\
    -H 'Content-Type: application/json' -d '{"accountId":"main","currency":"USD"}'

Ctrl-C stops it cleanly.
`;
}
