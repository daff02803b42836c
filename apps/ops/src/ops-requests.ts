/** What one command asks of the operators' port. */
export interface OpsRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: Readonly<Record<string, string | undefined>>;
  /** Of a decision: the same id again is the same decision, so that it may be repeated when its answer was lost. */
  readonly commandId?: string;
}

export const OPTIONS = {
  url: { type: 'string' },
  data: { type: 'string' },
  decision: { type: 'string' },
  operator: { type: 'string' },
  reason: { type: 'string' },
  paid: { type: 'string' },
  fee: { type: 'string' },
  'command-id': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

export type Values = Partial<Record<keyof typeof OPTIONS, string | boolean | undefined>>;

/** Undefined when the command isn't known, or lacks what it needs. `newId` makes a command id. */
export function requestOf(
  [command, ...operands]: readonly string[],
  values: Values,
  newId: () => string,
): OpsRequest | undefined {
  const [subject] = operands;
  const at = subject === undefined ? undefined : encodeURIComponent(subject);
  switch (command) {
    case 'loops':
    case 'held':
    case 'sending':
    case 'leases':
      return operands.length > 0 ? undefined : { method: 'GET', path: `/ops/v1/${command}` };
    case 'retry':
    case 'skip':
      return at === undefined
        ? undefined
        : { method: 'POST', path: `/ops/v1/held/${at}/${command}`, body: {} };
    case 'pause-sending':
    case 'resume-sending': {
      const [operator, reason] = [textOf(values, 'operator'), textOf(values, 'reason')];
      if (operands.length > 0 || operator === undefined || reason === undefined) return undefined;
      const what = command === 'pause-sending' ? 'pause' : 'resume';
      return { method: 'POST', path: `/ops/v1/sending/${what}`, body: { operator, reason } };
    }
    case 'resolve': {
      const body = {
        decision: textOf(values, 'decision'),
        operator: textOf(values, 'operator'),
        reason: textOf(values, 'reason'),
      };
      if (at === undefined || Object.values(body).includes(undefined)) return undefined;
      const commandId = textOf(values, 'command-id') ?? newId();
      const amounts = { paid: textOf(values, 'paid'), fee: textOf(values, 'fee') };
      return {
        method: 'POST',
        path: `/ops/v1/payouts/${at}/resolve`,
        body: { ...body, ...amounts, commandId },
        commandId,
      };
    }
    case undefined:
    default:
      return undefined;
  }
}

function textOf(values: Values, name: keyof typeof OPTIONS): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}
