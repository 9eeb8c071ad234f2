import type { Writable } from 'node:stream';

/**
 * Writes text and waits until the stream has room again, so that memory stays flat and a pipe gets everything. Text for a
 * reader that went away is dropped; what else goes wrong with a stream is for whoever opened it to hear.
 */
export async function writeText(to: Writable, text: string): Promise<void> {
  if (!to.writable || to.write(text)) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      for (const event of ['drain', 'close', 'error']) to.off(event, go);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) to.on(event, go);
  });
}
