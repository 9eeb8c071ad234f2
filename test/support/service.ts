import { loadConfig } from '../../src/config.ts';
import type { Cradle } from '../../src/container.ts';
import { createServiceContainer } from '../../src/container.ts';
import { createLog } from '../../src/log.ts';

export interface TestService {
  readonly cradle: Cradle;
  dispose(): Promise<void>;
}

/**
 * The real container: in memory, or on the Postgres of a URL, and otherwise as the environment says. Background work is not
 * started.
 */
export function aService(databaseUrl?: string, settings: Readonly<Record<string, string>> = {}): TestService {
  const place = databaseUrl === undefined ? { MEDIAMESH_MODE: 'memory' } : { DATABASE_URL: databaseUrl };
  const env = { ...place, ...settings };
  const log = createLog('silent');
  const container = createServiceContainer({ config: loadConfig(env), log, databaseUrl });
  return {
    cradle: container.cradle,
    async dispose() {
      await Promise.all([container.cradle.searchRelay.stop(), container.cradle.viewRollUp.stop()]);
      await container.cradle.quickCounters.close();
      await container.dispose();
    },
  };
}
