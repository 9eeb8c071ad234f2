import { loadConfig } from './config.ts';
import { createServiceContainer } from './container.ts';
import { buildServer } from './http/server.ts';
import { createLog } from './log.ts';
import { VERSION } from './version.ts';

/** The OpenAPI document of this version as text, made by the routes themselves without anything to reach or to keep. */
export async function openApiDocument(format: 'json' | 'yaml'): Promise<string> {
  const config = loadConfig({ MEDIAMESH_MODE: 'memory' });
  const container = createServiceContainer({
    config,
    log: createLog('silent'),
    databaseUrl: undefined,
  });
  const { app, idempotency, changes, clock, ids, readiness, metrics } = container.cradle;
  const { measurements } = metrics;
  const server = await buildServer({
    ...{ app, idempotency, changes, clock, ids, readiness, measurements },
    version: VERSION,
  });
  try {
    return format === 'yaml'
      ? server.swagger({ yaml: true })
      : `${JSON.stringify(server.swagger(), null, 2)}\n`;
  } finally {
    await server.close();
    await container.dispose();
  }
}
