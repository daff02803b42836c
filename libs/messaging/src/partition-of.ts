const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** The partition of a key: FNV-1a (32 bits) over its UTF-8 bytes. It must never change: it keeps a key's order. */
export function partitionOf(key: string, partitions: number): number {
  let hash = OFFSET_BASIS;
  for (const byte of Buffer.from(key, 'utf8')) hash = Math.imul(hash ^ byte, PRIME);
  return (hash >>> 0) % partitions;
}
