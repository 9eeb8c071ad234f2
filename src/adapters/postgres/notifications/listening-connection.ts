import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

export interface ListeningOptions {
  readonly connectionString: string;
  /** How long connecting, and then the answer to each `LISTEN`, may take. */
  readonly connectTimeoutMs: number;
  /** The channels to begin with, asked for once the connection is there. */
  readonly channels: () => Iterable<string>;
  readonly onNotification: (channel: string, payload: string) => void;
}

/** One connection that listens, from its making to its end. */
export interface ListeningConnection {
  /** Resolves when it is there. */
  readonly up: Promise<void>;
  /** Rejects when it can not be made, does not answer, or breaks. */
  readonly broken: Promise<never>;
  /** Takes another channel; before the connection is there, it is one of those to begin with. */
  add(channel: string): void;
  /** Ends it, by force when the server does not answer. */
  end(): Promise<void>;
}

/** A server that has fallen silent is not said good-bye to for longer. */
const GOODBYE_MS = 500;
// Through a firewall that forgets a connection nothing is heard; by default the system asks after it only two hours later.
const FIRST_PROBE_MS = 10_000;

export function openListening(options: ListeningOptions): ListeningConnection {
  const client = new Client({
    connectionString: options.connectionString,
    connectionTimeoutMillis: options.connectTimeoutMs,
    query_timeout: options.connectTimeoutMs,
    application_name: 'mediamesh-notifications',
    keepAlive: true,
    keepAliveInitialDelayMillis: FIRST_PROBE_MS,
  });
  const { promise: broken, reject: fail } = Promise.withResolvers<never>();
  broken.catch(() => undefined);
  client.on('error', fail);
  client.on('end', () => fail(new Error('the connection for notifications was ended by the server')));
  client.on('notification', ({ channel, payload = '' }) => options.onNotification(channel, payload));

  // One after the other: pg gives up queueing queries.
  let asked: Promise<unknown> = Promise.resolve();
  let isUp = false;
  const add = (channel: string): void => {
    if (!isUp) return;
    asked = asked.then(() => client.query(`listen ${channel}`));
    asked.catch(fail);
  };
  const up = client.connect().then(() => {
    isUp = true;
    for (const channel of options.channels()) add(channel);
  });
  up.catch(fail);
  return { up, broken, add, end: () => endClient(client, isUp) };
}

async function endClient(client: Client, isUp: boolean): Promise<void> {
  const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection;
  const gone = client.end().catch(() => undefined);
  const stop = new AbortController();
  if (isUp) await Promise.race([gone, sleep(GOODBYE_MS, undefined, stop)]);
  stop.abort();
  stream.destroy();
  await gone;
}
