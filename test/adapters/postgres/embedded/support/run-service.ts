/**
 * A service that does nothing but run the embedded database, as a process that tests can kill. Takes its options as
 * JSON, prints one line of JSON when it is up (or why it is not), and obeys `stop` and `exit` on its standard input.
 */
import { createInterface } from 'node:readline';
import { EmbeddedPostgresError } from '../../../../../src/adapters/postgres/embedded/embedded-postgres-error.ts';
import { startEmbeddedPostgres } from '../../../../../src/adapters/postgres/embedded/start-embedded-postgres.ts';

export interface ServiceOptions {
  readonly dataDir: string;
  readonly nativeDir?: string;
  readonly durable?: boolean;
  /** Become this user first. All code is loaded by then, so the checkout may lie where that user may not go. */
  readonly uid?: number;
}

const { uid, ...options } = JSON.parse(process.argv[2] ?? '') as ServiceOptions;
if (uid !== undefined) {
  process.setgroups?.([]);
  process.setgid?.(uid);
  process.setuid?.(uid);
}
// What a service does on Ctrl-C is its own affair; here it goes on.
process.on('SIGINT', () => undefined);
try {
  const postgres = await startEmbeddedPostgres({ durable: false, ...options, log: () => undefined });
  console.log(JSON.stringify({ url: postgres.url, adopted: postgres.adopted, uid: process.getuid?.() }));
  for await (const command of createInterface({ input: process.stdin })) {
    if (command === 'exit') process.exit(0);
    if (command === 'stop') break;
  }
  await postgres.stop();
  process.exit(0);
} catch (error) {
  const code = error instanceof EmbeddedPostgresError ? error.code : 'unknown';
  console.log(JSON.stringify({ code, message: error instanceof Error ? error.message : String(error) }));
  process.exit(1);
}
