/** What the test's broker lets in on its second listener. */
export const SASL_USER = { username: 'payout', password: 'only-for-tests' } as const;

/**
 * Settings of a broker for tests, whichever way it is started. One node; nothing comes into being by itself, as in
 * production; a group may have a short session, so that a test of a lost consumer takes seconds.
 */
export function brokerConfig(): Readonly<Record<string, string>> {
  const jaas =
    'org.apache.kafka.common.security.plain.PlainLoginModule required ' +
    `user_${SASL_USER.username}="${SASL_USER.password}";`;
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,CONTROLLER:PLAINTEXT',
    'listener.name.sasl.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.sasl.plain.sasl.jaas.config': jaas,
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // A killed broker may come back only when its registration has run out.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    'group.min.session.timeout.ms': '1000',
    // As many small topics come and go, files of 10 MiB each that are laid out beforehand only cost time.
    'log.index.size.max.bytes': '65536',
  };
}
