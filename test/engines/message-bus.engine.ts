import { after } from 'node:test';
import { startKafka } from '#test/support/kafka/start-kafka';
import { makeKafkaSubject } from '#test/support/kafka/kafka-subject';
import { describeMessageBusContract } from '../contract/message-bus.contract.js';

const kafka = await startKafka();
after(() => kafka.stop());

describeMessageBusContract(`kafka (${kafka.kind})`, () => makeKafkaSubject(kafka.brokers));
