import { bootstrap } from '../../../src/bootstrap.ts';
import { loadConfig } from '../../../src/config.ts';
import { createLog } from '../../../src/log.ts';

// An instance without a web server: what brings copies up to date and works on backfills, alone.
const config = loadConfig();
const service = await bootstrap(config, createLog(config.logLevel));
service.startBackground();
process.once('SIGTERM', () => void service.dispose());
process.stdout.write(`ready at ${process.pid}\n`);
