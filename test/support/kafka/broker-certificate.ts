import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const PASSWORD = 'only-for-tests';

/** A certificate that signs itself, made by Java's own tool, and the settings of the listener that shows it. */
export async function tlsListener(
  java: string,
  folder: string,
): Promise<{ readonly caFile: string; readonly config: Readonly<Record<string, string>> }> {
  const keytool = java.includes('/') ? join(dirname(java), 'keytool') : 'keytool';
  const store = join(folder, 'broker.p12');
  const caFile = join(folder, 'broker.pem');
  const which = ['-alias', 'broker', '-keystore', store, '-storetype', 'PKCS12', '-storepass', PASSWORD];
  const run = promisify(execFile);
  await run(keytool, [
    ...['-genkeypair', ...which, '-keyalg', 'EC', '-validity', '2', '-dname', 'CN=broker'],
    ...['-ext', 'SAN=dns:localhost,ip:127.0.0.1'],
  ]);
  await run(keytool, ['-exportcert', ...which, '-rfc', '-file', caFile]);
  return {
    caFile,
    config: {
      'listener.name.tls.ssl.keystore.type': 'PKCS12',
      'listener.name.tls.ssl.keystore.location': store,
      'listener.name.tls.ssl.keystore.password': PASSWORD,
    },
  };
}
