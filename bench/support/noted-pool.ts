import { Pool } from 'pg';
import type { Recorder } from './recorder.ts';
import { noting } from './recorder.ts';

/**
 * A pool of one connection that notes what pg itself is asked, whichever way a statement takes to it: the bare client can then be
 * asked the very same texts and parameters.
 */
export function recordPool(url: string): Recorder<Pool> {
  const pool = new Pool({ connectionString: url, max: 1 });
  const { note, take } = noting();
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const noted = (...args: unknown[]): unknown => {
      // Without a callback: the bare client answers with a promise.
      note({ method: 'query', args: args.filter((each) => typeof each !== 'function') });
      return query(...args);
    };
    Object.assign(client, { query: noted });
  });
  return { client: pool, take };
}
