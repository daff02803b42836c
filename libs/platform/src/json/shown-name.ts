const LONGEST_NAME = 64;

/** A field's name that a sender chose, fit for a message: short and printable. */
export function shownName(name: string): string {
  return name.slice(0, LONGEST_NAME).replaceAll(/[^\x20-\x7e]/g, '?');
}
