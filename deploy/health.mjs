// payout-ledger health live|ready [address]: whether the program in this container is. Exit code 0: yes; 1: no, and
// why on standard error. The five programs answer on their status port; the embedded shape has none and answers on the
// API's, which is asked where nothing listens on the status port. What answers elsewhere is named by its address.
const [what = '', address] = process.argv.slice(2);
if (!['live', 'ready'].includes(what)) {
  console.error('usage: payout-ledger health live | ready [address]');
  process.exit(64);
}

const { PAYOUT_STATUS_HOST: host, PAYOUT_STATUS_PORT: statusPort, PAYOUT_API_PORT: apiPort } = process.env;
const statusHost = !host || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
const addresses = address
  ? [address]
  : [
      `http://${statusHost}:${statusPort || '9464'}/health/${what}`,
      `http://127.0.0.1:${apiPort || '3000'}/health/${what}`,
    ];

for (const url of addresses) {
  let answer;
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  } catch (error) {
    if (error.cause?.code === 'ECONNREFUSED') continue;
    console.error(`${url}: ${error.cause?.code ?? error.name}`);
    process.exit(1);
  }
  if (answer.ok) process.exit(0);
  console.error(`${url}: ${answer.status} ${(await answer.text()).slice(0, 2_000)}`);
  process.exit(1);
}
console.error(`nothing answers at ${addresses.join(', ')}`);
process.exit(1);
