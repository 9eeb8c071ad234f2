import { once } from 'node:events';
import { createServer } from 'node:net';
import { sql } from 'kysely';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Notifications } from '../../../src/adapters/postgres/notifications.ts';
import { openNotifications } from '../../../src/adapters/postgres/notifications.ts';
import { useDatabase } from '../../support/postgres.ts';
import type { TcpProxy } from '../../support/tcp-proxy/tcp-proxy.ts';
import { startTcpProxy } from '../../support/tcp-proxy/tcp-proxy.ts';

const ignore = () => undefined;

describe('Postgres notifications', () => {
  const database = useDatabase();
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(ends.splice(0).map((end) => end()));
  });

  function notificationsOf(
    connectionString: string,
    onError: (error: Error) => void = ignore,
  ): Notifications {
    const notifications = openNotifications({ connectionString, connectTimeoutMs: 20_000, onError });
    ends.push(() => notifications.close());
    return notifications;
  }

  async function proxyOf(url: string): Promise<TcpProxy> {
    const proxy = await startTcpProxy(url);
    ends.push(() => proxy.close());
    return proxy;
  }

  const notify = (channel: string, payload = 'hello') =>
    sql`select pg_notify(${channel}, ${payload})`.execute(database().db);

  async function expectHeard(channel: string, heard: readonly string[]): Promise<void> {
    await vi.waitFor(async () => {
      await notify(channel);
      expect(heard).not.toEqual([]);
    }, 5000);
  }

  test('are closed at once though their connection is still being made', async () => {
    const notifications = notificationsOf(database().url);
    notifications.listen('early', ignore);
    await notifications.close();
  });

  test('say nothing of a connection that they end themselves, and end between two tries as well', async () => {
    const errors: Error[] = [];
    const listening = notificationsOf(database().url, (error) => errors.push(error));
    const heard: string[] = [];
    listening.listen('own_end', (payload) => heard.push(payload));
    await expectHeard('own_end', heard);
    await listening.close();
    expect(errors).toEqual([]);
    const refused = notificationsOf('postgres://u@127.0.0.1:1/d', (error) => errors.push(error));
    refused.listen('refused', ignore);
    await vi.waitFor(() => expect(errors).not.toEqual([]), 5000);
    await refused.close();
    expect(errors[0]).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('are closed at once though the server never answers', async () => {
    const silent = createServer(ignore).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const notifications = notificationsOf(`postgres://u@127.0.0.1:${port}/d`);
    const connected = once(silent, 'connection');
    notifications.listen('silent', ignore);
    const [socket] = await connected;
    await notifications.close();
    socket.destroy();
    silent.close();
  });

  test('are closed soon though the server has fallen silent', async () => {
    const proxy = await proxyOf(database().url);
    const notifications = notificationsOf(proxy.url);
    const heard: string[] = [];
    notifications.listen('fallen', (payload) => heard.push(payload));
    await expectHeard('fallen', heard);
    await proxy.set({ kind: 'drop' });
    await notifications.close();
  });

  test('that were never listened to, or are closed, open nothing', async () => {
    const proxy = await proxyOf(database().url);
    const notifications = notificationsOf(proxy.url);
    await notifications.close();
    notifications.listen('late', ignore)();
    expect(proxy.connections()).toBe(0);
  });

  test('a channel is heard whenever the listening began: before, while and after the connection is made', async () => {
    const notifications = notificationsOf(database().url);
    const channels = Array.from({ length: 30 }, (_, n) => `while_${n}`);
    const heard = new Map(channels.map((channel): [string, string[]] => [channel, []]));
    for (const [channel, payloads] of heard) {
      notifications.listen(channel, (payload) => payloads.push(payload));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    for (const [channel, payloads] of heard) await expectHeard(channel, payloads);
  });

  test('a listener that throws is told of, and the others hear all the same', async () => {
    const errors: Error[] = [];
    const notifications = notificationsOf(database().url, (error) => errors.push(error));
    const heard: string[] = [];
    notifications.listen('throws', () => {
      throw new Error('a mistake');
    });
    notifications.listen('throws', (payload) => heard.push(payload));
    await expectHeard('throws', heard);
    expect(errors[0]?.message).toBe('a mistake');
  });

  test('a channel that was given up and is listened to again is heard', async () => {
    const notifications = notificationsOf(database().url);
    const first: string[] = [];
    const end = notifications.listen('again', (payload) => first.push(payload));
    await expectHeard('again', first);
    end();
    const second: string[] = [];
    notifications.listen('again', (payload) => second.push(payload));
    const before = first.length;
    await expectHeard('again', second);
    expect(first).toHaveLength(before);
  });
});
