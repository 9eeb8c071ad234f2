import { openSync, writeSync } from 'node:fs';
import type { EngineName } from '../engines/engine.ts';
import { createDice } from './dice.ts';
import { startHammer } from './limits/hammer.ts';
import { openCounters } from './limits/open-counters.ts';

// A caller of rate limits in a process of its own, which may be killed at any moment: its log is a file that it only appends to.
const { LIMITS_ENGINE, LIMITS_URL = '', LIMITS_NAME = '', LIMITS_WORKER = '', LIMITS_LOG = '' } = process.env;
const { store, close } = openCounters({
  engine: LIMITS_ENGINE as EngineName,
  url: LIMITS_URL,
  name: LIMITS_NAME,
});
const file = openSync(LIMITS_LOG, 'ax');
const hammer = startHammer({
  name: LIMITS_WORKER,
  store,
  dice: createDice(Number(process.env.LIMITS_SEED)),
  log: (line) => writeSync(file, `${JSON.stringify(line)}\n`),
});
process.once('SIGTERM', () => void hammer.stop().then(close));
process.stdout.write(`ready at ${process.pid}\n`);
