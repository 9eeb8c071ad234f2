import { loadConfig } from '../../src/config.ts';
import type { Cradle } from '../../src/container.ts';
import { createServiceContainer } from '../../src/container.ts';
import { createLog } from '../../src/log.ts';

export interface TestService {
  readonly cradle: Cradle;
  dispose(): Promise<void>;
}

/** The real container: in memory, or on the Postgres of a URL. Background work is not started. */
export function aService(databaseUrl?: string): TestService {
  const env =
    databaseUrl === undefined
      ? { MEDIAMESH_MODE: 'memory' }
      : { MEDIAMESH_MODE: 'engines', DATABASE_URL: databaseUrl };
  const log = createLog('silent');
  const container = createServiceContainer({ config: loadConfig(env), log, databaseUrl });
  return {
    cradle: container.cradle,
    async dispose() {
      await Promise.all([container.cradle.searchRelay.stop(), container.cradle.viewRollUp.stop()]);
      await container.dispose();
    },
  };
}
