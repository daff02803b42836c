import { callUntilAnswered, textField } from './http.js';
import type { Account, PlannedPayout } from './scenario.js';

/** How the demo's commands go in: half as another service would over HTTP, half as it would over Kafka. */
export class Sender {
  /** The payout that each command became, as the service said. */
  readonly payoutIds = new Map<string, string>();

  constructor(
    private readonly api: string,
    private readonly bus: string,
    private readonly onAnswer: () => void,
  ) {}

  async openAccount({ accountId, currency }: Account): Promise<void> {
    const answer = await callUntilAnswered(
      'POST',
      `${this.api}/v1/accounts`,
      { accountId, currency },
      key(`open-${accountId}`),
    );
    if (answer.status >= 300)
      throw new Error(`account ${accountId} was not opened: ${JSON.stringify(answer.body)}`);
  }

  async deposit({ accountId, currency, deposit }: Account, run: string): Promise<void> {
    const url = `${this.api}/v1/accounts/${accountId}/deposits`;
    const answer = await callUntilAnswered(
      'POST',
      url,
      { amount: deposit, currency },
      key(`deposit-${run}-${accountId}`),
    );
    if (answer.status >= 300) throw new Error(`no deposit to ${accountId}: ${JSON.stringify(answer.body)}`);
  }

  /** Sends until it is answered. The service may be killed in between: the same key can't pay twice. */
  async send(payout: PlannedPayout): Promise<void> {
    const payoutId = payout.via === 'http' ? await this.overHttp(payout) : await this.overBus(payout);
    this.payoutIds.set(payout.commandId, payoutId);
    this.onAnswer();
    if (payout.cancel) {
      await callUntilAnswered(
        'POST',
        `${this.api}/v1/payouts/${payoutId}/cancel`,
        { reason: 'changed our mind' },
        key(`cancel-${payout.commandId}`),
      );
    }
  }

  private async overHttp(payout: PlannedPayout): Promise<string> {
    const { accountId, amount, currency, vendor, beneficiary, commandId } = payout;
    const body = {
      accountId,
      amount,
      currency,
      provider: vendor,
      beneficiary,
      description: 'Monthly commission',
    };
    const answer = await callUntilAnswered('POST', `${this.api}/v1/payouts`, body, key(commandId));
    const payoutId = textField(answer.body, 'payoutId');
    if (payoutId === undefined)
      throw new Error(`${commandId} was answered with ${answer.status}: ${JSON.stringify(answer.body)}`);
    return payoutId;
  }

  /** A message as it would lie on Kafka: key, headers, and a CloudEvent as its value. */
  private async overBus(payout: PlannedPayout): Promise<string> {
    const { accountId, amount, currency, vendor, beneficiary, commandId } = payout;
    const event = {
      specversion: '1.0',
      id: commandId,
      source: 'demo-payroll',
      type: 'payout.command.RequestPayout.v1',
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      data: { accountId, amount, currency, provider: vendor, beneficiary, description: 'Monthly commission' },
    };
    const record = {
      key: accountId,
      headers: { 'content-type': 'application/cloudevents+json', 'correlation-id': commandId },
      value: Buffer.from(JSON.stringify(event)).toString('base64'),
    };
    await callUntilAnswered('POST', `${this.bus}/bus/topics/payout.commands.v1`, { records: [record] });
    return this.replyTo(commandId);
  }

  private async replyTo(commandId: string): Promise<string> {
    const url = `${this.bus}/bus/replies/${encodeURIComponent(commandId)}?waitMs=5000`;
    for (let tries = 0; tries < 12; tries += 1) {
      const answer = await callUntilAnswered('GET', url);
      const payoutId = textField(answer.body, 'payoutId');
      if (payoutId !== undefined) return payoutId;
    }
    throw new Error(`${commandId} was never answered on payout.replies.v1`);
  }
}

function key(text: string): Readonly<Record<string, string>> {
  return { 'idempotency-key': text };
}
