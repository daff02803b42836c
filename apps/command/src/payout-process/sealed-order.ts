import { Injectable } from '@nestjs/common';
import { fingerprint, type Fingerprint, type PayeeId, type PayoutId } from '#domain/ids';
import { formatMoney } from '#domain/money/money';
import type { PayoutRequest } from '#domain/payout/events';
import type { Beneficiary } from '#domain/provider/beneficiary';
import { payoutStream } from '#domain/streams';
import { KeyedHash } from '#platform/vault/keyed-hash';
import { PersonalDataVault } from '#platform/vault/vault';

/** What is sealed for the payee in `PayoutRequested`. */
export interface PayeeDetails {
  readonly beneficiary: Beneficiary;
  readonly description: string;
}

/** Seals and opens the personal part of a payout. In clear it exists only here and in the request to the provider. */
@Injectable()
export class SealedOrder {
  constructor(
    private readonly vault: PersonalDataVault,
    private readonly hashes: KeyedHash,
  ) {}

  seal(payoutId: PayoutId, payeeId: PayeeId, details: PayeeDetails): Promise<string> {
    return this.vault.seal(payeeId, payoutStream(payoutId), JSON.stringify(details));
  }

  /** Rejects with `PayeeErasedError` and the vault's other errors. */
  async open({ payoutId, payee }: Pick<PayoutRequest, 'payoutId' | 'payee'>): Promise<PayeeDetails> {
    const plain = await this.vault.open(payee.payeeId, payoutStream(payoutId), payee.sealed);
    return JSON.parse(plain) as PayeeDetails;
  }

  /** Keyed hash of what makes it this payment and no other: it must be the same at every send. */
  businessHash(request: PayoutRequest, details: PayeeDetails, reference: string): Fingerprint {
    const fields = [
      reference,
      request.provider,
      formatMoney(request.amount),
      request.amount.currency,
      canonical(details),
    ];
    return fingerprint(this.hashes.hex('business-fields', fields.join('\n')));
  }
}

function canonical(details: PayeeDetails): string {
  const { beneficiary, description } = details;
  return JSON.stringify([Object.entries(beneficiary).sort(([a], [b]) => (a < b ? -1 : 1)), description]);
}
