import { openKafkaLedger } from '#client/kafka-ledger';
import { PaymentsFile } from './payments-file.js';
import { SellerPayouts } from './seller-payouts.js';

/*
 * Pays a seller over Kafka and waits until it is over:
 *   KAFKA_BROKERS=127.0.0.1:9092 node dist/docs/examples/seller-payouts/main.js <file> <account> <order> <amount> <currency>
 * Killed at any moment and started again with the same words, it pays nobody twice and finds the end all the same.
 */
const [file, account, orderId, amount, currency] = process.argv.slice(2);
if (!file || !account || !orderId || !amount || !currency) {
  throw new Error('say what to pay: <file> <account> <order> <amount> <currency>');
}

const ledger = await openKafkaLedger({ caller: 'marketplace', env: process.env });
const service = new SellerPayouts(ledger.client, new PaymentsFile(file), account);
const seller = {
  id: 'seller-77',
  name: 'NGUYEN VAN A',
  bank: '970412',
  bankName: 'PVCOMBANK',
  account: '970412345',
};
const over = Promise.withResolvers<undefined>();
let told: string | undefined;
const tell = (status: string, reason = ''): void => {
  // The reply and an event may say the same.
  if (status !== told) console.log(`order ${orderId} ${status} ${reason}`.trim());
  told = status;
  if (service.isOver(orderId)) over.resolve(undefined);
};
await service.follow(({ order, status, reason }) => {
  if (order.id === orderId) tell(status, reason);
});
let payment = await service.pay({ id: orderId, amount, currency, seller });
while (payment.status === 'asked') payment = await service.pay(payment.order);
tell(payment.status, payment.reason);
await over.promise;
await ledger.close();
