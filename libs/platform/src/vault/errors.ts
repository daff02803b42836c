/** The key of this payee was destroyed: what was sealed for it can't be read by anybody any more. */
export class PayeeErasedError extends Error {
  override readonly name = 'PayeeErasedError';

  constructor(payeeId: string) {
    super(
      `the personal data of payee ${payeeId} has been erased: it can't be read, and nothing new can be sealed for it`,
    );
  }
}

/** The key file doesn't know this payee: it isn't the file that this data was sealed with. */
export class PayeeKeyMissingError extends Error {
  override readonly name = 'PayeeKeyMissingError';

  constructor(payeeId: string) {
    super(`there is no key for payee ${payeeId}: put back the key file (keys.db) that belongs to this data`);
  }
}

/** Sealed under another key than the one at hand. */
export class WrongKeyError extends Error {
  override readonly name = 'WrongKeyError';
}

/** Not what was sealed, or sealed for another place. Nothing of the content is known, and nothing of it is in the message. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
}
