import type shared from '@eventstore/db-client/generated/shared_pb.js';

const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NIL = '00000000-0000-0000-0000-000000000000';

/** The id in lower case, or undefined when it is none: malformed, or the nil UUID, which the server refuses alike. */
export function uuidText(uuid: shared.UUID | undefined): string | undefined {
  const text = uuid === undefined ? '' : uuid.hasStructured() ? structured(uuid) : uuid.getString();
  return UUID_TEXT.test(text) && text !== NIL ? text.toLowerCase() : undefined;
}

function structured(uuid: shared.UUID): string {
  const bits = uuid.getStructured();
  const hex = (value: string | undefined): string =>
    BigInt.asUintN(64, BigInt(value ?? '0'))
      .toString(16)
      .padStart(16, '0');
  const all = hex(bits?.getMostSignificantBits()) + hex(bits?.getLeastSignificantBits());
  return [all.slice(0, 8), all.slice(8, 12), all.slice(12, 16), all.slice(16, 20), all.slice(20)].join('-');
}
