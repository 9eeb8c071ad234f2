import { setTimeout as delay } from 'node:timers/promises';
import { canConnect } from './can-connect.ts';
import type { Way } from './find-engine.ts';
import { GivenEngineFailed } from './find-engine.ts';

export interface GivenEngine {
  /** The name of the variable that holds its URL. */
  readonly variable: string;
  readonly defaultPort: number;
  /** What of the run is removed from it at the end. */
  readonly clear?: (url: string) => Promise<void>;
}

/** The server that the environment names. It is somebody else's: the run leaves it as it was. */
export function givenEngine({ variable, defaultPort, clear = async () => undefined }: GivenEngine): Way {
  return async () => {
    const url = process.env[variable];
    if (url === undefined || url === '' || url === 'embedded') throw new Error(`${variable} is not set`);
    await reach(variable, url, defaultPort);
    return { url, how: variable, ours: false, stop: () => clear(url) };
  };
}

async function reach(variable: string, text: string, defaultPort: number): Promise<void> {
  const url = URL.parse(text);
  if (url === null) throw new GivenEngineFailed(`${variable} is no URL`);
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : defaultPort);
  // A server that was started just before may need a moment.
  for (const waitMs of [200, 800]) {
    if (await canConnect(port, url.hostname)) return;
    await delay(waitMs);
  }
  throw new GivenEngineFailed(`${variable} is set, and nothing answers at ${url.hostname}:${port}`);
}
