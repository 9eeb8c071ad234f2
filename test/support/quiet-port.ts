import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A free port that stays free for a server which is started again on it: it is below those that Linux gives to connections
 * (32,768 up), of which other tests open thousands meanwhile. So is the one 10,000 above, which a node of a Redis Cluster takes too.
 */
export async function aQuietPort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 22_500);
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  // A port that is taken is an error, which `once` rejects with.
  const found = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  server.close();
  return found;
}
