import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** Hints by LISTEN and NOTIFY. One can be lost while the connection is away: whoever must know polls as well. */
export interface Notifications {
  /** Calls `listener` with the payload of each notification. Answers a function that ends it. */
  listen(channel: string, listener: (payload: string) => void): () => void;
  close(): Promise<void>;
}

export interface NotificationsOptions {
  readonly connectionString: string;
  readonly connectTimeoutMs: number;
  /** Hears of each time that the connection was lost or could not be made; it is tried again. */
  readonly onError: (error: Error) => void;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;

type Listeners = Map<string, Set<(payload: string) => void>>;

/**
 * Opens a connection of its own with the first listener, since a pool would hand the listening one to others. It is made again
 * whenever it breaks.
 */
export function openNotifications(options: NotificationsOptions): Notifications {
  const listeners: Listeners = new Map();
  const closing = new AbortController();
  let client: Client | undefined;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!closing.signal.aborted) {
      try {
        client = await connect(options, listeners);
        retryMs = FIRST_RETRY_MS;
        await ended(client, closing.signal);
      } catch (error) {
        if (!closing.signal.aborted) options.onError(error as Error);
      }
      await client?.end().catch(() => undefined);
      client = undefined;
      await sleep(retryMs, undefined, { signal: closing.signal }).catch(() => undefined);
      retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
    }
  }

  return {
    listen(channel, listener) {
      const own = (payload: string) => listener(payload);
      const known = listeners.get(channel);
      if (known === undefined) listeners.set(channel, new Set([own]));
      else known.add(own);
      // A connection that is up already is told of the new channel; one that is being made, or made anew, subscribes to all.
      if (known === undefined) client?.query(`listen ${channel}`).catch(options.onError);
      running ??= run();
      return () => void listeners.get(channel)?.delete(own);
    },
    async close() {
      closing.abort();
      await client?.end().catch(() => undefined);
      await running;
    },
  };
}

async function connect(options: NotificationsOptions, listeners: Listeners): Promise<Client> {
  const client = new Client({
    connectionString: options.connectionString,
    connectionTimeoutMillis: options.connectTimeoutMs,
    application_name: 'mediamesh-notifications',
    keepAlive: true,
  });
  client.on('error', () => undefined);
  client.on('notification', ({ channel, payload = '' }) => {
    for (const listener of listeners.get(channel) ?? []) listener(payload);
  });
  try {
    await client.connect();
    for (const channel of listeners.keys()) await client.query(`listen ${channel}`);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

/** Resolves when we close, rejects when the connection breaks. */
function ended(client: Client, closing: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once('error', reject);
    client.once('end', () => reject(new Error('the connection for notifications was ended by the server')));
    closing.addEventListener('abort', () => resolve(), { once: true });
    // Closed while the connection was being made.
    if (closing.aborted) resolve();
  });
}
