import { loadConfig } from '../../src/config.ts';
import { serve } from '../../src/serve.ts';

/** MediaMesh in memory mode with the demo catalogue, as `npm start` would run it but for the limits of its clients, since there is one; tells its parent where it answers. */
const config = loadConfig({ MEDIAMESH_MODE: 'memory', PORT: '0', LOG_LEVEL: 'warn', RATE_LIMIT_MODE: 'off' });
process.once('disconnect', () => process.exit());
await serve(config, (text) => {
  const url = /ready at (\S+)/.exec(text)?.[1];
  if (url !== undefined) process.send?.(url);
});
