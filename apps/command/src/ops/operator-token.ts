import { constantTimeEqual } from '#platform/vault/keyed-hash';

/** What an operator's tool has to show. */
export class OperatorToken {
  constructor(private readonly token: string) {
    if (token.length < 24) throw new Error('the operator token is too short: give at least 24 characters');
  }

  /** Whether an `Authorization` header carries it. */
  admits(authorization: string | undefined): boolean {
    return authorization !== undefined && constantTimeEqual(authorization, `Bearer ${this.token}`);
  }
}
