/** The key of this payee was destroyed: what was sealed for it can't be read by anybody any more. */
export class PayeeErasedError extends Error {
  override readonly name = 'PayeeErasedError';

  constructor(payeeId: string) {
    super(
      `the personal data of payee ${payeeId} has been erased: it can't be read, and nothing new can be sealed for it`,
    );
  }
}

/** The keys don't know this payee: they aren't those that this data was sealed with. */
export class PayeeKeyMissingError extends Error {
  override readonly name = 'PayeeKeyMissingError';

  constructor(payeeId: string) {
    super(
      `there is no key for payee ${payeeId}: put back the keys (keys.db, or the keys' database) that belong to this data`,
    );
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

/** The keys were made under another master key: none of them can be read with this one. */
export class WrongMasterKeyError extends Error {
  override readonly name = 'WrongMasterKeyError';

  constructor(where: string, madeWith: string, given: string) {
    super(
      `${where} was made with master key ${madeWith}, but the service was given ${given}: ` +
        'start it with the master key that it had before (a lost master key means lost personal data)',
    );
  }
}

/** The key is destroyed, but its old bytes may still be on the disk. */
export class KeyRemnantsError extends Error {
  override readonly name = 'KeyRemnantsError';

  constructor(where: string, payeeId: string, options?: ErrorOptions) {
    super(
      `the key of payee ${payeeId} is destroyed, but ${where} could not be emptied of it: erase the payee again`,
      options,
    );
  }
}
