import { Injectable } from '@nestjs/common';
import {
  accountId,
  commandId,
  fingerprint,
  instructionIdOf,
  payeeId,
  payoutId,
  payoutIdOf,
  type CommandId,
  type Fingerprint,
  type PayeeId,
} from '#domain/ids';
import { currencyCode, type CurrencyCode } from '#domain/money/currency';
import { parseMoney, parsePositiveMoney, type Money } from '#domain/money/money';
import type { Beneficiary } from '#domain/provider/beneficiary';
import type { WireCommand } from '#messaging/contracts/commands.v1';
import { uuidV5 } from '#platform/ids/uuid-v5';
import { KeyedHash } from '#platform/vault/keyed-hash';

/** A field of a command that can't be read as what it should be. It names the field and the remedy, never the value. */
export class InvalidFieldError extends Error {
  override readonly name = 'InvalidFieldError';
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

/** Who sent a command and how it is told from others. */
export interface Origin {
  readonly caller: string;
  readonly commandId: CommandId;
  readonly fingerprint: Fingerprint;
}

/** Turns text of the wire into the domain's values: exact amounts, known currencies, ids. */
@Injectable()
export class CommandTranslation {
  constructor(private readonly hashes: KeyedHash) {}

  /** The keyed fingerprint covers the whole content: the same id with any other content is another command. */
  originOf(command: WireCommand): Origin {
    const { type, commandId: id, caller, data } = command;
    const content = canonicalJson({ type, caller, data });
    return {
      caller,
      commandId: field('id', id, commandId),
      fingerprint: fingerprint(this.hashes.hex('command-fingerprint', content)),
    };
  }

  payoutIdFor({ caller, commandId: id }: Origin) {
    return payoutIdOf(uuidV5, caller, id);
  }

  instructionIdFor({ caller, commandId: id }: Origin) {
    return instructionIdOf(uuidV5, caller, id);
  }

  payoutId(text: string) {
    return field('data.payoutId', text, payoutId);
  }

  accountId(text: string) {
    return field('data.accountId', text, accountId);
  }

  currency(text: string): CurrencyCode {
    return field('data.currency', text, currencyCode);
  }

  amount(text: string, currency: CurrencyCode): Money {
    return field('data.amount', text, (sent) => parsePositiveMoney(sent, currency));
  }

  /** Zero is allowed: a fee may be. */
  amountOrZero(name: 'paid' | 'fee', text: string, currency: CurrencyCode): Money {
    return field(`data.${name}`, text, (sent) => parseMoney(sent, currency));
  }

  /** A correction may be negative: the only amount on the wire with a sign. */
  signedAmount(text: string, currency: CurrencyCode): Money {
    const negative = text.startsWith('-');
    const { minor } = this.amount(negative ? text.slice(1) : text, currency);
    return { minor: negative ? -minor : minor, currency };
  }

  /** Whose data it is: the caller's own id, or a keyed hash of what identifies the beneficiary. */
  payeeId(given: string | undefined, beneficiary: Beneficiary): PayeeId {
    if (given !== undefined) return field('data.payeeId', given, payeeId);
    return payeeId(this.hashes.hex('payee-id', identityOf(beneficiary)).slice(0, 40));
  }
}

function identityOf(beneficiary: Beneficiary): string {
  switch (beneficiary.kind) {
    case 'bank-account':
      return `bank-account\n${beneficiary.bankCode}\n${beneficiary.accountNumber}`;
    case 'phone-wallet':
      return `phone-wallet\n${beneficiary.operatorCode ?? ''}\n${beneficiary.phone}`;
    case 'crypto-wallet':
      return `crypto-wallet\n${beneficiary.address}`;
    case 'stored-method':
      return `stored-method\n${beneficiary.methodId}`;
  }
}

function field<T>(name: string, sent: string, read: (sent: string) => T): T {
  try {
    return read(sent);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new InvalidFieldError(name, error.message);
  }
}

/** One text for the same content, whatever the order of its fields. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => `${JSON.stringify(name)}:${canonicalJson(part)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value);
}
