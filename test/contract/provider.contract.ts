import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SystemOutboundHttp } from '#platform/http/system-outbound-http';
import { ProviderSettingsError } from '#providers/provider-settings-error';
import type { Provider, ProviderAnswer } from '#providers/provider';
import type { ProviderOutcome } from '#domain/provider/provider-report';
import type { ProviderSubject } from '../support/provider-subjects.js';
import { ScriptedHttpServer, type Script } from '../support/scripted-http-server.js';

/** What a `Provider` has to keep, whichever vendor it speaks to. */
export function describeProviderContract(name: string, subject: ProviderSubject): void {
  describe(`Provider contract: ${name}`, () => {
    const http = new SystemOutboundHttp();
    let server: ScriptedHttpServer;
    let provider: Provider;

    before(async () => {
      server = await ScriptedHttpServer.start();
      provider = subject.build(server.url, http);
    });
    after(async () => {
      await http.close();
      await server.stop();
    });

    async function create(script: Script): Promise<ProviderAnswer> {
      server.will(script);
      return provider.create(subject.order);
    }
    async function lookUp(script: Script): Promise<ProviderAnswer> {
      server.will(script);
      return provider.query(subject.query);
    }

    describe('its card', () => {
      it('names the provider and holds terms that can be kept', () => {
        assert.equal(provider.card.provider, name);
        assert.ok(Object.keys(provider.card.currencies).length > 0);
        assert.ok(provider.card.maxSends >= 1);
        if (provider.card.onUnknown === 'park') assert.equal(provider.card.maxSends, 1);
        if (provider.card.onUnknown === 'resend-same-key') assert.ok(provider.card.idempotency !== null);
        if (provider.card.onUnknown === 'query-then-resend') {
          assert.equal(provider.card.query, 'reference');
          assert.ok((provider.card.notFoundIsFinalAfter ?? 0) > provider.card.timing.requestTimeout);
        }
        assert.equal(provider.card.timing.requestTimeout, 250);
      });

      it('finds no problem in an order that can be sent', () => {
        assert.deepEqual(provider.problems(subject.order), []);
      });

      it('finds a currency, amounts outside the limits, and a kind of beneficiary that it does not pay', () => {
        const { order } = subject;
        const fieldsOf = (change: Partial<typeof order>): readonly string[] =>
          provider.problems({ ...order, ...change }).map((problem) => problem.field);
        const yen = { minor: 100n, currency: 'JPY' } as unknown as typeof order.amount;
        assert.deepEqual(fieldsOf({ amount: yen }).slice(0, 1), ['amount.currency']);
        assert.deepEqual(fieldsOf({ amount: { ...order.amount, minor: 0n } }), ['amount']);
        assert.deepEqual(fieldsOf({ amount: { ...order.amount, minor: 10n ** 30n } }), ['amount']);
        assert.deepEqual(fieldsOf({ beneficiary: subject.unpayable.beneficiary }).slice(0, 1), [
          name === 'chainpay' ? 'beneficiary.address' : 'beneficiary.kind',
        ]);
      });
    });

    describe('create', () => {
      it('sends one request with a proof over its exact bytes', async () => {
        const answer = await create(subject.create.accepted);
        assert.equal(server.arrivals.length, 1);
        const [arrival] = server.arrivals;
        assert.ok(arrival !== undefined && subject.isSigned(arrival));
        assert.equal(arrival.method, 'POST');
        assert.equal(answer.evidence.request.body, arrival.body.toString('utf8'));
        assert.equal(answer.evidence.request.url, server.url + arrival.url);
        assert.equal(answer.evidence.answer?.body, subject.create.accepted.body);
      });

      it('takes an accepted order for pending, with the number that it was given', async () => {
        const { outcome } = await create(subject.create.accepted);
        assert.ok(outcome.kind === 'pending');
        assert.equal(outcome.recognised, true);
        assert.ok(outcome.order.orderId !== undefined);
      });

      it('reads final states', async () => {
        const { succeeded, failed } = subject.create;
        if (succeeded !== undefined) assert.equal((await create(succeeded)).outcome.kind, 'succeeded');
        if (failed !== undefined) assert.equal((await create(failed)).outcome.kind, 'failed');
        assert.ok(succeeded !== undefined || failed !== undefined);
      });

      it('takes a status that the page does not list for pending', async () => {
        const { outcome } = await create(subject.create.unknownStatus);
        assert.ok(outcome.kind === 'pending');
        assert.equal(outcome.recognised, false);
      });

      it('reads a refusal, without the personal values that it repeats', async () => {
        const { outcome } = await create(subject.create.refused);
        assert.ok(outcome.kind === 'refused');
        assert.notEqual(outcome.reason, '');
        const { beneficiary } = subject.order;
        for (const value of Object.values(beneficiary) as unknown[]) {
          if (typeof value === 'string' && value !== beneficiary.kind)
            assert.ok(!outcome.reason.includes(value));
        }
      });

      it('knows nothing from a success that is about another order', async () => {
        const { forAnotherOrder } = subject.create;
        if (forAnotherOrder === undefined) {
          // The answer repeats nothing of ours: then success must never be believed from it without a number of its own.
          const { outcome } = await create({
            status: 200,
            body: '{"code":0,"data":{"status":"success"},"status":"settled"}',
          });
          assert.equal(outcome.kind, 'unknown');
        } else {
          assert.equal((await create(forAnotherOrder)).outcome.kind, 'unknown');
        }
      });

      it('sends nothing that it can not express', async () => {
        server.will(subject.create.accepted);
        const { outcome } = await provider.create(subject.unpayable);
        assert.equal(outcome.kind, 'not-sent');
        assert.equal(server.arrivals.length, 0);
      });

      it('sends the same business fields again for the same attempt', async () => {
        const fresh = ['nonce', 'nonceStr', 'timestamp', 'sign'];
        const bodies: unknown[] = [];
        for (let n = 0; n < 2; n += 1) {
          await create(subject.create.accepted);
          const body = JSON.parse(server.arrivals[0]?.body.toString('utf8') ?? '') as Record<string, unknown>;
          bodies.push(Object.fromEntries(Object.entries(body).filter(([field]) => !fresh.includes(field))));
        }
        assert.deepEqual(bodies[0], bodies[1]);
      });
    });

    describe('query', () => {
      const kinds = {
        pending: 'pending',
        succeeded: 'succeeded',
        failed: 'failed',
        notFound: 'not-found',
      } as const;
      for (const [which, kind] of Object.entries(kinds)) {
        it(`reads ${kind}`, async () => {
          const { outcome } = await lookUp(subject.lookUp[which as keyof typeof kinds]);
          assert.equal(outcome.kind, kind);
          assert.equal(server.arrivals.length, 1);
          assert.ok(server.arrivals[0] !== undefined && subject.isSigned(server.arrivals[0]));
          if (outcome.kind === 'pending') assert.equal(outcome.recognised, true);
        });
      }

      it('gives the ordered amount by its value', async () => {
        const { outcome } = await lookUp(subject.lookUp.succeeded);
        assert.ok(outcome.kind === 'succeeded');
        assert.deepEqual(outcome.order.ordered, subject.order.amount);
      });

      it('takes a status that the page does not list for pending', async () => {
        const { outcome } = await lookUp(subject.lookUp.unknownStatus);
        assert.ok(outcome.kind === 'pending');
        assert.equal(outcome.recognised, false);
      });

      it('knows nothing from an answer about another order', async () => {
        assert.equal((await lookUp(subject.lookUp.forAnotherOrder)).outcome.kind, 'unknown');
      });

      it('asks without the number of the vendor only where our reference is enough', async () => {
        const { reference, currency } = subject.query;
        server.will(subject.lookUp.succeeded);
        const { outcome } = await provider.query({ reference, currency });
        const enough = provider.card.query === 'reference';
        assert.equal(outcome.kind, enough ? 'succeeded' : 'unknown');
        assert.equal(server.arrivals.length, enough ? 1 : 0);
      });
    });

    describe('what proves nothing', () => {
      const whole = subject.create.succeeded ?? subject.create.accepted;
      const json = { 'content-type': 'application/json' };
      const cases: Readonly<Record<string, Script>> = {
        'a 500 with a success in it': { ...whole, status: 500 },
        'a 500 with a refusal in it': { ...subject.create.refused, status: 500 },
        'a 503': { status: 503, body: '' },
        'a 302': (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
        'a 429': { status: 429, body: 'slow down' },
        'a 409': { status: 409, body: '' },
        'an HTML page': { status: 200, contentType: 'text/html', body: '<html>success</html>' },
        'a 404 page': { status: 404, contentType: 'text/html', body: '<html>no such page</html>' },
        'JSON that says it is HTML': { ...whole, contentType: 'text/html; charset=utf-8' },
        'an empty body': { status: 200, body: '' },
        null: { status: 200, body: 'null' },
        'a list': { status: 200, body: '[]' },
        'an empty object': { status: 200, body: '{}' },
        'a truncated body': { ...whole, body: whole.body.slice(0, -5) },
        'a body with more behind it': { ...whole, body: `${whole.body}{}` },
        'a byte order mark': { ...whole, body: `\ufeff${whole.body}` },
        'a body that is not UTF-8': (response) =>
          response
            .writeHead(200, json)
            .end(Buffer.concat([Buffer.from(whole.body.slice(0, -1)), Buffer.from([0xff, 0x7d])])),
        'a name that comes twice': { ...whole, body: whole.body.replace('{', '{"a":1,"a":1,') },
        'no answer at all': () => undefined,
        'a reset': (response) => response.socket?.resetAndDestroy(),
        'a reset within the body': (response) => {
          response.writeHead(200, { ...json, 'content-length': '500' });
          response.write(whole.body.slice(0, 10), () => response.socket?.resetAndDestroy());
        },
        'a body without an end': (response) => {
          response.writeHead(200, json);
          response.write('['.repeat(400_000));
        },
        'a deep nesting': { status: 200, body: '['.repeat(100_000) },
      };
      for (const [what, script] of Object.entries(cases)) {
        it(`is unknown after ${what}, and one request was sent`, async () => {
          const asked: Record<string, () => Promise<ProviderAnswer>> = {
            create: () => create(script),
            query: () => lookUp(script),
          };
          for (const [call, ask] of Object.entries(asked)) {
            const { outcome } = await ask();
            assert.equal(outcome.kind, 'unknown', `${call}: ${JSON.stringify(outcome, bigintText)}`);
            assert.equal(server.arrivals.length, 1, call);
          }
        });
      }

      it('proves that nothing left when the connection is refused', async () => {
        const gone = await ScriptedHttpServer.start();
        const url = gone.url;
        await gone.stop();
        const lonely = subject.build(url, http);
        for (const answer of [await lonely.create(subject.order), await lonely.query(subject.query)]) {
          assert.equal(answer.outcome.kind, 'not-sent');
          assert.equal(answer.evidence.answer, undefined);
        }
      });
    });

    it('keeps every credential out of outcome and evidence, even one that the vendor repeats', async () => {
      const echo: Script = (response, arrival) =>
        response.writeHead(400, { 'content-type': 'application/json' }).end(
          JSON.stringify({
            code: 400,
            msg: arrival.headers,
            error: { code: 'x', message: JSON.stringify(arrival.headers) },
            secrets: subject.secrets,
          }),
        );
      const { create: good } = subject;
      const answers = [
        await create(echo),
        await lookUp(echo),
        await create(good.accepted),
        await create(good.refused),
      ];
      for (const answer of answers) {
        const text = JSON.stringify(answer, bigintText);
        if (name === 'chainpay') {
          // The private key is never near the wire; the vendor can't repeat it.
          assert.ok(!JSON.stringify(answer.evidence.request).includes(subject.secrets[1] ?? assert.fail()));
        } else for (const secret of subject.secrets) assert.ok(!text.includes(secret));
      }
    });

    describe('readCallback', () => {
      const { callback } = subject;
      const right = callback.proofOf(callback.body);

      it('verifies a good one and reads order, status and amount from it', () => {
        const reading = provider.readCallback(callback.with(callback.body, right));
        assert.ok(reading.verdict === 'verified', JSON.stringify(reading, bigintText));
        assert.ok(reading.orderId !== undefined);
        assert.equal(
          reading.reference,
          provider.card.callback.carriesReference ? subject.order.reference : undefined,
        );
        assert.equal(reading.outcome.kind, callback.expected.kind);
        const { order } = reading.outcome as Extract<ProviderOutcome, { kind: 'succeeded' }>;
        assert.equal(order.ordered?.minor, callback.expected.orderedMinor);
      });

      it('takes a hint for no more than pending', () => {
        if (provider.card.callback.trust === 'claim') assert.equal(callback.expected.kind, 'succeeded');
        else assert.equal(callback.expected.kind, 'pending');
      });

      it('finds every single changed byte', () => {
        const whole = callback.with(callback.body, right);
        // Where the path is the proof, the body is not covered by it: then the token is what is changed.
        const bytes = callback.proof === 'path' ? Buffer.from(right) : Buffer.from(whole.body);
        for (let at = 0; at < bytes.length; at += 1) {
          const changed = Buffer.from(bytes);
          changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
          const reading = provider.readCallback(
            callback.proof === 'path'
              ? { ...whole, pathToken: changed.toString('latin1') }
              : { ...whole, body: changed },
          );
          assert.equal(reading.verdict, 'forged', `byte ${at}`);
        }
      });

      const wrong: Readonly<Record<string, string | readonly string[] | undefined>> = {
        missing: undefined,
        empty: '',
        'sent twice': [right, right],
        'a list of one': callback.proof === 'header' ? [right] : [right, ''],
        short: right.slice(1),
        long: `${right}0`,
        'not hexadecimal': 'z'.repeat(right.length),
        'not ASCII': 'é'.repeat(right.length / 2),
        'with a zero byte': `${right.slice(0, -1)}\0`,
        'with a space': ` ${right}`,
        'of another body': callback.proof === 'path' ? 'x'.repeat(right.length) : callback.proofOf('{"a":1}'),
        'very long': 'a'.repeat(100_000),
      };
      for (const [what, proof] of Object.entries(wrong)) {
        it(`is forged when the proof is ${what}`, () => {
          assert.equal(provider.readCallback(callback.with(callback.body, proof)).verdict, 'forged');
        });
      }

      it('calls genuine bytes that say nothing usable malformed, and never throws', () => {
        for (const body of ['{"other":"x"}', '{"orderStatus":"SUCCESS"}', '{"status":"60"}']) {
          const reading = provider.readCallback(callback.with(body, callback.proofOf(body)));
          assert.equal(reading.verdict, 'malformed');
        }
        for (const body of ['', '[]', 'null', '\0', '{"__proto__":1}', '['.repeat(50_000)]) {
          const raw = { ...callback.with('{"a":1}', right), body: Buffer.from(body) };
          assert.notEqual(provider.readCallback(raw).verdict, 'verified');
        }
        assert.notEqual(
          provider.readCallback({ body: Buffer.from([0xff, 0xfe]), headers: {} }).verdict,
          'verified',
        );
      });

      it('is acknowledged in the exact words of the vendor', () => {
        assert.deepEqual(provider.acknowledgement, subject.acknowledgement);
      });
    });

    describe('its settings', () => {
      const refusal =
        (setting: string) =>
        (error: unknown): boolean =>
          error instanceof ProviderSettingsError && error.provider === name && error.setting === setting;

      for (const setting of subject.secretSettings) {
        for (const value of [
          undefined,
          '',
          ' ',
          'short',
          'with a space in the middle of it',
          'line\nline-line-line-line',
          7,
        ]) {
          it(`refuses ${typeof value === 'string' ? JSON.stringify(value) : String(value)} for ${setting}`, () => {
            assert.throws(() => subject.build(server.url, http, { [setting]: value }), refusal(setting));
          });
        }
      }

      it('never says the value of a setting', () => {
        const setting = subject.secretSettings[0] ?? assert.fail();
        assert.throws(
          () => subject.build(server.url, http, { [setting]: 'hunter2 hunter2 hunter2' }),
          (error: unknown) => error instanceof ProviderSettingsError && !error.message.includes('hunter2'),
        );
      });

      it('sends credentials over https only, but on this machine', () => {
        for (const baseUrl of [
          'http://example.com',
          'ftp://127.0.0.1',
          'nothing',
          'https://user:pass@example.com',
        ]) {
          assert.throws(() => subject.build(baseUrl, http), refusal('baseUrl'));
        }
        assert.ok(subject.build('https://example.com/', http));
      });
    });
  });
}

function bigintText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
