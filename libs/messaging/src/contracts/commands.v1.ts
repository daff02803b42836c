import { commandId, NAME, UUID, type CommandId } from '#domain/ids';
import type { Beneficiary } from '#domain/provider/beneficiary';
import { PROVIDER_NAMES, type ProviderName } from '#domain/provider/provider-name';
import { BENEFICIARY } from './beneficiary.v1.js';
import { printCloudEvent, readCloudEvent, type CloudEventReading } from './cloud-event.js';
import type { Problem } from './problem.js';
import { Matching, Means, Nested, OneOf, Optional, problemsIn, Text, type Shape } from './shape.js';

/** A command is small; 64 KiB leaves room for every field at its longest. */
export const MAX_COMMAND_BYTES = 64 * 1024;

const TYPE_PREFIX = 'payout.command.';
const VERSION = 'v1';
/** Longer than any amount that is allowed: whether it is one, the domain says. */
const LONGEST_AMOUNT = 80;
const LONGEST_CURRENCY = 32;
const NAME_RULE = 'must be 1 to 64 letters, digits and . _ : - and begin with a letter or digit';
const UUID_RULE = 'must be a payout id: a UUID in lower case';

const COMMAND_AMOUNT = "Decimal text in the currency's major unit, such as `12.50`.";
const CURRENCY = 'ISO 4217 code, or a token with its chain, such as `USDT.TRC20`.';

export class RequestPayoutV1 {
  @Means('The funding account that pays.') @Matching(NAME, NAME_RULE) accountId!: string;
  @Means(COMMAND_AMOUNT) @Text(LONGEST_AMOUNT) amount!: string;
  @Means(CURRENCY) @Text(LONGEST_CURRENCY) currency!: string;
  @OneOf(PROVIDER_NAMES) provider!: ProviderName;
  @Means('Who is paid. Sealed before it is stored.') @Nested(BENEFICIARY) beneficiary!: Beneficiary;
  @Means("The caller's own id of the person or firm that is paid; no personal data.")
  @Optional()
  @Matching(NAME, NAME_RULE)
  payeeId?: string;
  @Optional() @Text(140) description?: string;
}

export class CancelPayoutV1 {
  @Matching(UUID, UUID_RULE) payoutId!: string;
  @Optional() @Text(500) reason?: string;
}

export class OpenAccountV1 {
  @Means("The caller chooses it; it is the account's name for ever.")
  @Matching(NAME, NAME_RULE)
  accountId!: string;
  @Means(CURRENCY) @Text(LONGEST_CURRENCY) currency!: string;
  @Optional() @Text(140) name?: string;
}

export class CloseAccountV1 {
  @Matching(NAME, NAME_RULE) accountId!: string;
}

export class DepositV1 {
  @Matching(NAME, NAME_RULE) accountId!: string;
  @Means(COMMAND_AMOUNT) @Text(LONGEST_AMOUNT) amount!: string;
  @Means(CURRENCY) @Text(LONGEST_CURRENCY) currency!: string;
  @Optional() @Text(500) note?: string;
}

export class ResolvePayoutV1 {
  @Matching(UUID, UUID_RULE) payoutId!: string;
  @OneOf(['paid', 'not-paid', 'resume']) decision!: 'paid' | 'not-paid' | 'resume';
  @Text(500) reason!: string;
  @Means('Who decided.') @Text(128) operator!: string;
  @Means(`What was paid. ${COMMAND_AMOUNT}`) @Optional() @Text(LONGEST_AMOUNT) paid?: string;
  @Means(`What the provider charged. ${COMMAND_AMOUNT}`) @Optional() @Text(LONGEST_AMOUNT) fee?: string;
}

export class CorrectFundsV1 {
  @Matching(NAME, NAME_RULE) accountId!: string;
  @Means(`${COMMAND_AMOUNT} A \`-\` before it takes funds away.`) @Text(LONGEST_AMOUNT) amount!: string;
  @Means(CURRENCY) @Text(LONGEST_CURRENCY) currency!: string;
  @Text(500) reason!: string;
}

/** Every command by its short name; its CloudEvent type is `payout.command.<name>.v1`. */
export const COMMAND_SHAPES = {
  RequestPayout: RequestPayoutV1,
  CancelPayout: CancelPayoutV1,
  OpenAccount: OpenAccountV1,
  CloseAccount: CloseAccountV1,
  Deposit: DepositV1,
  ResolvePayout: ResolvePayoutV1,
  CorrectFunds: CorrectFundsV1,
} as const;

export type CommandType = keyof typeof COMMAND_SHAPES;
export type CommandData<T extends CommandType> = Readonly<InstanceType<(typeof COMMAND_SHAPES)[T]>>;

/** A command as it was sent: its form is checked, amounts and currencies are still text. */
export type WireCommand = {
  readonly [T in CommandType]: {
    readonly type: T;
    readonly commandId: CommandId;
    readonly caller: string;
    /** RFC 3339, the caller's clock. */
    readonly time?: string;
    readonly data: CommandData<T>;
  };
}[CommandType];

export type CommandRefusalReason =
  'too-large' | 'malformed-json' | 'not-a-cloud-event' | 'unknown-type' | 'unknown-version' | 'invalid-field';

export type CommandReading =
  | { readonly ok: true; readonly command: WireCommand }
  | {
      readonly ok: false;
      readonly reason: CommandRefusalReason;
      /** At least one. */
      readonly problems: readonly Problem[];
      /** As far as they could be read. */
      readonly commandId?: CommandId;
      readonly caller?: string;
    };

/**
 * Reads a command. The first of these that fails is the reason: size, JSON, CloudEvent, type, version, fields. Of the
 * last two kinds with fields (`not-a-cloud-event`, `invalid-field`) every problem is listed: the fields in the order in
 * which they are declared, then those that shouldn't be there.
 */
export function readCommand(value: Uint8Array): CommandReading {
  const read = readCloudEvent(value, MAX_COMMAND_BYTES);
  if (!read.ok) return refusedEnvelope(read);
  const { id, source, type, time, data } = read.event;
  const known = { commandId: commandId(id), caller: source };
  const name = readType(type);
  if (!name.ok)
    return { ok: false, reason: name.reason, problems: [{ field: 'type', message: name.remedy }], ...known };
  const problems = problemsIn(COMMAND_SHAPES[name.type], data, 'data');
  if (problems.length > 0) return { ok: false, reason: 'invalid-field', problems, ...known };
  // The shape was checked just now.
  const command = { type: name.type, ...known, ...(time === undefined ? {} : { time }), data } as WireCommand;
  return { ok: true, command };
}

/** The command as a message's value, for gateways and tests. */
export function printCommand({ type, commandId: id, caller, time, data }: WireCommand): Uint8Array {
  const event = { id, source: caller, type: commandTypeName(type), data };
  return printCloudEvent(time === undefined ? event : { ...event, time });
}

/** `RequestPayout` → `payout.command.RequestPayout.v1`. */
export function commandTypeName(type: CommandType): string {
  return `${TYPE_PREFIX}${type}.${VERSION}`;
}

/** The shape of a command's data, for gateways that have their own envelope. `path` comes before the fields' names. */
export function commandProblems(type: CommandType, data: unknown, path: string): readonly Problem[] {
  const shape: Shape = COMMAND_SHAPES[type];
  return problemsIn(shape, data, path);
}

type TypeReading =
  | { readonly ok: true; readonly type: CommandType }
  | { readonly ok: false; readonly reason: 'unknown-type' | 'unknown-version'; readonly remedy: string };

function readType(type: string): TypeReading {
  const [, name = '', version] = /^payout\.command\.([A-Za-z]+)\.(v[0-9]{1,4})$/.exec(type) ?? [];
  if (!isCommandType(name)) {
    const types = Object.keys(COMMAND_SHAPES).map((known) => commandTypeName(known as CommandType));
    return { ok: false, reason: 'unknown-type', remedy: `must be one of ${types.join(', ')}` };
  }
  if (version !== VERSION) {
    return { ok: false, reason: 'unknown-version', remedy: `this service reads ${commandTypeName(name)}` };
  }
  return { ok: true, type: name };
}

function isCommandType(name: string): name is CommandType {
  return Object.hasOwn(COMMAND_SHAPES, name);
}

function refusedEnvelope({
  reason,
  problems,
  id,
  source,
}: Extract<CloudEventReading, { ok: false }>): CommandReading {
  return {
    ok: false,
    reason,
    problems,
    ...(id === undefined ? {} : { commandId: commandId(id) }),
    ...(source === undefined ? {} : { caller: source }),
  };
}
