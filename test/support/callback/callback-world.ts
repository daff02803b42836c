import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCallbackServer } from '#callback/callback-server';
import { commandId, type PayoutId } from '#domain/ids';
import { formatMoney } from '#domain/money/money';
import type { CommandData } from '#messaging/contracts/commands.v1';
import { InMemoryMessageBus } from '#messaging/in-memory/in-memory-message-bus';
import type { Provider } from '#providers/provider';
import { ProviderRegistry } from '#providers/registry';
import { CommandUnderTest, type CommandUnderTestOptions } from '../command/command-under-test.js';
import { eventually } from '../eventually.js';
import { PROVIDER_SUBJECTS, type ProviderSubject } from '../provider-subjects.js';
import { GatedBus } from './gated-bus.js';
import { VendorDesk } from './vendor-desk.js';

export const ACCOUNT = 'acc';

/** Made once: two of their keys take a while. */
export const SUBJECTS: readonly ProviderSubject[] = PROVIDER_SUBJECTS.map((make) => make());

export function subjectOf(name: ProviderSubject['name']): ProviderSubject {
  const found = SUBJECTS.find((subject) => subject.name === name);
  if (found === undefined) throw new Error(`no subject ${name}`);
  return found;
}

export interface Post {
  readonly method?: string;
  readonly path: string;
  /** As they go over the wire: a name may come twice. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | string;
  /** Without it the length is told beforehand. */
  readonly chunked?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

type Proof = string | readonly string[] | undefined;

/**
 * The callback app's real HTTP server with the five real adapters, and the command app behind the same bus. Outgoing
 * requests end at a desk that answers as the vendors do.
 */
export class CallbackWorld {
  private constructor(
    readonly subject: ProviderSubject,
    readonly desk: VendorDesk,
    readonly ledger: CommandUnderTest,
    readonly bus: GatedBus,
    private readonly port: number,
    private readonly closeServer: () => Promise<void>,
  ) {}

  /** `settings` are over the subject's own: other secrets, say. */
  static async start(
    subject: ProviderSubject,
    settings: Readonly<Record<string, unknown>> = {},
    observers: CommandUnderTestOptions['observers'] = {},
  ): Promise<CallbackWorld> {
    const desk = new VendorDesk();
    const providers: Provider[] = SUBJECTS.map((one) =>
      one.build('https://vendor.test', desk, one === subject ? settings : {}),
    );
    const ledger = await CommandUnderTest.startWith({ providers, observers });
    const { clock, ids, logger, messages } = ledger;
    const bus = new GatedBus(new InMemoryMessageBus({ clock, log: messages }));
    const server = await createCallbackServer({
      bus,
      registry: new ProviderRegistry(providers),
      clock,
      ids,
      logger,
      ...observers,
    });
    await server.listen(0, '127.0.0.1');
    const { port } = server.getHttpServer().address() as AddressInfo;
    return new CallbackWorld(subject, desk, ledger, bus, port, () => server.close());
  }

  async stop(): Promise<void> {
    await this.closeServer();
    await this.bus.close();
    await this.ledger.stop();
  }

  /** Opens the account, funds it, and asks for the subject's payout. Resolves when that is durable. */
  async request(id = 'one'): Promise<PayoutId> {
    const { order, name } = this.subject;
    const { currency } = order.amount;
    const { ledger } = this;
    this.desk.create = this.subject.create.accepted;
    await ledger.ask('OpenAccount', `open-${currency}`, { accountId: ACCOUNT, currency }, ACCOUNT);
    await ledger.ask('Deposit', `fund-${id}`, { accountId: ACCOUNT, amount: '1000000', currency }, ACCOUNT);
    await eventually(async () => (await ledger.types(`account-${ACCOUNT}`)).includes('FundsDeposited'));
    const data: CommandData<'RequestPayout'> = {
      accountId: ACCOUNT,
      amount: formatMoney(order.amount),
      currency,
      provider: name,
      beneficiary: order.beneficiary,
      description: order.description,
    };
    const reply = await ledger.ask('RequestPayout', commandId(id), data, ACCOUNT);
    if (reply.outcome !== 'accepted') throw new Error(`${reply.reason}: ${reply.message}`);
    return ledger.payoutId(id);
  }

  /** The same, and the vendor has taken it. */
  async submitted(id = 'one'): Promise<PayoutId> {
    const payoutId = await this.request(id);
    await this.ledger.untilStatus(id, 'submitted');
    return payoutId;
  }

  /** The vendor's own callback about the order that was sent, or what `change` makes of it before it is signed. */
  genuine(change: (body: string) => string = (body) => body): Post {
    const body = change(this.body());
    return this.withProof(body, this.subject.callback.proofOf(body));
  }

  /** The callback's body before its proof. */
  body(): string {
    const { body } = this.subject.callback;
    // The sample of one page is of another order than that of its answer.
    return this.desk.aboutTheOrder(body).replace('PAYOUT8551739282639106048', 'PAYOUT8551827184491839488');
  }

  /** Any body with any proof, at the subject's own address. */
  withProof(body: string, proof: Proof): Post {
    const { name, callback } = this.subject;
    const raw = callback.with(body, proof);
    const headers = Object.entries(raw.headers).flatMap(([header, value]) =>
      (typeof value === 'string' ? [value] : value).map((text): [string, string] => [header, text]),
    );
    const path = raw.pathToken === undefined ? `/callbacks/${name}` : `/callbacks/${name}/${raw.pathToken}`;
    return { path, headers: [['content-type', 'application/json'], ...headers], body: raw.body };
  }

  post({ method = 'POST', path, headers, body, chunked = false }: Post): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const bytes = Buffer.from(body as Uint8Array);
      const length: readonly [string, string][] =
        chunked || method === 'GET' ? [] : [['content-length', String(bytes.byteLength)]];
      const outgoing = request(
        {
          host: '127.0.0.1',
          port: this.port,
          method,
          path,
          headers: [['host', '127.0.0.1'], ['connection', 'close'], ...headers, ...length].flat(),
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              contentType: response.headers['content-type'] ?? '',
              body: Buffer.concat(chunks).toString('utf8'),
            }),
          );
          response.on('error', reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(method === 'GET' ? undefined : bytes);
    });
  }
}
