/**
 * Who is paid, in the field's own terms; each adapter translates. It exists in clear only between the vault and the
 * request to the provider: events carry it sealed.
 */
export type Beneficiary = BankAccount | WalletAccount | CryptoWallet | StoredMethod;

/** An account at a bank. */
export interface BankAccount {
  readonly kind: 'bank-account';
  readonly holderName: string;
  readonly accountNumber: string;
  /** The institution's code in the payee's country. */
  readonly bankCode: string;
  readonly bankName?: string;
  readonly branch?: string;
  readonly accountType?: 'savings' | 'checking';
  readonly document?: IdentityDocument;
  readonly phone?: string;
  readonly email?: string;
}

/** An e-wallet that is known by a phone number. */
export interface WalletAccount {
  readonly kind: 'phone-wallet';
  readonly holderName: string;
  /** With country code: `+855…`. */
  readonly phone: string;
  /** The wallet operator's code in the payee's country. */
  readonly operatorCode?: string;
  readonly document?: IdentityDocument;
  readonly email?: string;
}

/** An address on the chain that the currency names. */
export interface CryptoWallet {
  readonly kind: 'crypto-wallet';
  readonly address: string;
}

/** A payee that the provider knows already, by the identifier that it gave. */
export interface StoredMethod {
  readonly kind: 'stored-method';
  readonly methodId: string;
}

/** The payee's identity document, as some countries ask for it. */
export interface IdentityDocument {
  readonly type: 'national-id' | 'foreigner-id' | 'tax-id' | 'passport';
  readonly number: string;
}

export type BeneficiaryKind = Beneficiary['kind'];
