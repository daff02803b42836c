import { v5 } from 'uuid';

/** A UUID (version 5, RFC 9562) that is always the same for the same namespace and name. */
export function uuidV5(namespace: string, name: string): string {
  return v5(name, namespace);
}
