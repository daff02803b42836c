/** What is wrong with one field. Neither part ever holds the field's value: it may be personal data. */
export interface Problem {
  /** Path such as `data.beneficiary.kind`; empty for the message as a whole. */
  readonly field: string;
  /** What it must be. */
  readonly message: string;
}

const LONGEST_NAME = 64;

/** A field's name that a sender chose, fit for a message: short and printable. */
export function shownName(name: string): string {
  return name.slice(0, LONGEST_NAME).replaceAll(/[^\x20-\x7e]/g, '?');
}
