import { loadConfig } from '../../src/config.ts';
import { serve } from '../../src/serve.ts';

/** MediaMesh in memory mode with the demo catalogue, as `npm start` would run it; tells its parent where it answers. */
const config = loadConfig({ MEDIAMESH_MODE: 'memory', PORT: '0', LOG_LEVEL: 'warn' });
await serve(config, (greeting) => process.send?.(/ready at (\S+)/.exec(greeting)?.[1] ?? ''));
