import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Writes text and waits until the stream has room again, so that a pipe gets everything before the process ends. */
export async function writeText(to: Writable, text: string): Promise<void> {
  if (!to.write(text)) await once(to, 'drain');
}
