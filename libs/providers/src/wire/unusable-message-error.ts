/**
 * A message of a provider that says nothing usable. Thrown while a message is read and caught at the reader's edge,
 * where it becomes an `unknown` outcome or a `malformed` callback. Its text names fields, and never quotes a value.
 */
export class UnusableMessageError extends Error {
  override readonly name = 'UnusableMessageError';
}
