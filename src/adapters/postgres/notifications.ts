import { setTimeout as sleep } from 'node:timers/promises';
import type { ListeningConnection } from './notifications/listening-connection.ts';
import { openListening } from './notifications/listening-connection.ts';

/** Hints by LISTEN and NOTIFY. One can be lost while the connection is away: whoever must know polls as well. */
export interface Notifications {
  /** Calls `listener` with the payload of each notification. Answers a function that ends it. */
  listen(channel: string, listener: (payload: string) => void): () => void;
  close(): Promise<void>;
}

export interface NotificationsOptions {
  readonly connectionString: string;
  readonly connectTimeoutMs: number;
  /** Hears of each time that the connection was lost or could not be made, when it is tried again; and of what a listener throws. */
  readonly onError: (error: Error) => void;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;

type Listeners = Map<string, Set<(payload: string) => void>>;

/**
 * Opens a connection of its own with the first listener, since a pool would hand the listening one to others. It is made again
 * whenever it breaks. A channel stays listened to when nobody does any more: there are few, and they are soon wanted again.
 */
export function openNotifications(options: NotificationsOptions): Notifications {
  const { connectionString, connectTimeoutMs, onError } = options;
  const listeners: Listeners = new Map();
  const closing = new AbortController();
  let connection: ListeningConnection | undefined;
  let running: Promise<void> | undefined;

  function onNotification(channel: string, payload: string): void {
    for (const listener of listeners.get(channel) ?? []) {
      try {
        listener(payload);
      } catch (error) {
        // Thrown on, it would end the process: pg calls us from the socket.
        onError(error as Error);
      }
    }
  }

  async function run(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    const wasUp = () => {
      retryMs = FIRST_RETRY_MS;
    };
    const wasLost = (error: unknown) => {
      if (!closing.signal.aborted) onError(error as Error);
    };
    const channels = () => listeners.keys();
    while (!closing.signal.aborted) {
      connection = openListening({ connectionString, connectTimeoutMs, channels, onNotification });
      connection.up.then(wasUp, () => undefined);
      await connection.broken.catch(wasLost);
      await connection.end();
      await sleep(retryMs, undefined, { signal: closing.signal }).catch(() => undefined);
      retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
    }
  }

  return {
    listen(channel, listener) {
      const own = (payload: string) => listener(payload);
      const known = listeners.get(channel);
      listeners.set(channel, (known ?? new Set()).add(own));
      if (known === undefined) connection?.add(channel);
      running ??= run();
      return () => void listeners.get(channel)?.delete(own);
    },
    async close() {
      closing.abort();
      await connection?.end();
      await running;
    },
  };
}
