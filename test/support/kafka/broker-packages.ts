import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const POM = join(ROOT, 'test/support/kafka/pom.xml');
const COPY_DEPENDENCIES = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const OLDEST_JAVA = 11;
const INSTALL_JAVA = 'sudo apt-get install -y openjdk-17-jre-headless';
const INSTALL_MAVEN = 'sudo apt-get install -y --no-install-recommends maven';

export const KAFKA_VERSION = /<version>([0-9.]{5,})<\/version>/.exec(readFileSync(POM, 'utf8'))?.[1] ?? '';

/** What the machine's Java is: its program, or why it can't be used. */
export function findJava(): { readonly program: string } | { readonly missing: string } {
  const home = process.env['JAVA_HOME'];
  const program = home === undefined || home === '' ? 'java' : join(home, 'bin/java');
  let banner: string;
  try {
    // The banner goes to standard error; with this option the version goes to standard output as well.
    banner = execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return { missing: `${program} does not run: install Java 17 with\n  ${INSTALL_JAVA}` };
  }
  const major = Number(/\b(\d+)[.\d]*/.exec(banner)?.[1] ?? 0);
  if (major < OLDEST_JAVA) {
    return { missing: `${program} is Java ${major}; Kafka needs ${OLDEST_JAVA}: ${INSTALL_JAVA}` };
  }
  return { program };
}

/**
 * The folder with the broker's jars. Maven fetches them the first time and checks each against its published checksum;
 * they are kept in `node_modules/.cache`. Several processes may ask at the same time.
 */
export async function brokerPackages(): Promise<string> {
  const cache = join(ROOT, 'node_modules/.cache');
  const folder = join(cache, `kafka-${KAFKA_VERSION}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const fetched = mkdtempSync(join(cache, 'kafka-being-fetched-'));
  try {
    await promisify(execFile)('mvn', [
      ...['--batch-mode', '--quiet', '--strict-checksums', '--file', POM],
      ...[COPY_DEPENDENCIES, `-DoutputDirectory=${fetched}`],
    ]);
    renameSync(fetched, folder);
  } catch (error) {
    rmSync(fetched, { recursive: true, force: true });
    if (existsSync(folder)) return folder;
    throw new Error(whyNotFetched(error as NodeJS.ErrnoException & { readonly stdout?: string }), {
      cause: error,
    });
  }
  return folder;
}

function whyNotFetched(error: NodeJS.ErrnoException & { readonly stdout?: string }): string {
  if (error.code === 'ENOENT') {
    return `Apache Kafka ${KAFKA_VERSION} is fetched by Maven, which is missing: install it with\n  ${INSTALL_MAVEN}`;
  }
  return `Maven could not fetch Apache Kafka ${KAFKA_VERSION}: ${error.stdout ?? error.message}`;
}
