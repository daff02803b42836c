/** What is wrong with one field. Neither part ever holds the field's value: it may be personal data. */
export interface Problem {
  /** Path such as `data.beneficiary.kind`; empty for the message as a whole. */
  readonly field: string;
  /** What it must be. */
  readonly message: string;
}
