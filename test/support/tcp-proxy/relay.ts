import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ModeSwitch } from './mode-switch.ts';

/** How often a throttled connection sends a piece. */
const THROTTLE_STEP_MS = 20;

export interface Link {
  readonly client: Socket;
  readonly server: Socket;
  readonly mode: ModeSwitch;
}

/** Forwards both directions of a connection as the mode says, until one side ends it. */
export function relay(link: Link): void {
  const { client, server } = link;
  relayOneWay(link, client, server);
  relayOneWay(link, server, client);
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.on('error', () => other.resetAndDestroy()); // `close` follows
    one.on('close', () => other.destroySoon());
  }
}

/** Resets both ends. */
export function cut({ client, server }: Pick<Link, 'client' | 'server'>): void {
  client.resetAndDestroy();
  server.resetAndDestroy();
}

function relayOneWay(link: Link, from: Socket, to: Socket): void {
  // One after the other, so that a change of the mode does not change the order of bytes.
  let last: Promise<void> = Promise.resolve();
  from.on('data', (chunk: Buffer) => {
    const cameAt = performance.now();
    last = last.then(() => forward(link, chunk, to, cameAt));
  });
  from.on('end', () => {
    last = last.then(async () => {
      await link.mode.opened();
      to.end();
    });
  });
}

async function forward(link: Link, chunk: Buffer, to: Socket, cameAt: number): Promise<void> {
  await link.mode.opened();
  const mode = link.mode.current();
  if (mode.kind === 'cut-after-request' && to === link.client) return cut(link);
  if (mode.kind === 'throttle') return await drip(chunk, to, mode.bytesPerSecond);
  if (mode.kind === 'delay') await delay(Math.max(0, cameAt + mode.ms - performance.now()));
  if (to.writable) to.write(chunk);
}

async function drip(chunk: Buffer, to: Socket, bytesPerSecond: number): Promise<void> {
  const size = Math.max(1, Math.round((bytesPerSecond * THROTTLE_STEP_MS) / 1_000));
  for (let at = 0; at < chunk.length && to.writable; at += size) {
    const piece = chunk.subarray(at, at + size);
    await delay((piece.length / bytesPerSecond) * 1_000);
    if (to.writable) to.write(piece);
  }
}
