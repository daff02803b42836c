import type { Ids } from '#platform/ids/ids';

/**
 * A holder's name that no other run of the program has: with the instance's name alone, two copies that were given the
 * same one by mistake would both hold the lease, and a copy that starts again would carry on in its dead self's name.
 */
export function leaseHolder(instance: string, ids: Ids): string {
  return `${instance}/${ids.uuid()}`;
}
