/** The only source of randomness. A simulation seeds it. */
export abstract class Ids {
  /** A random UUID (version 4), lower case: claims, correlation ids. */
  abstract uuid(): string;

  /** `length` random letters and digits: nonces of provider requests. */
  abstract token(length: number): string;

  /** `length` random bytes: keys and initialisation vectors. */
  abstract bytes(length: number): Buffer;
}
