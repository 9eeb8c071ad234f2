import { loadConfig } from '../../src/config.ts';
import { serve } from '../../src/serve.ts';

/** MediaMesh in memory mode with the demo catalogue, as `npm start` would run it; tells its parent where it answers. */
const config = loadConfig({ MEDIAMESH_MODE: 'memory', PORT: '0', LOG_LEVEL: 'warn' });
process.once('disconnect', () => process.exit());
await serve(config, (text) => {
  const url = /ready at (\S+)/.exec(text)?.[1];
  if (url !== undefined) process.send?.(url);
});
