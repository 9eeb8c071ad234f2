import { runCommandLine } from '../../src/cli/command-line.ts';
import { processTerminal } from '../../src/cli/terminal.ts';

/** Imports a file as the command line does, and tells its parent how long that took and how far memory grew. */

// Everything the command loads is loaded before the clock starts: start-up is not what is measured here.
await Promise.all([import('../../src/bootstrap.ts'), import('../../src/config.ts'), import('pino')]);
globalThis.gc?.();
const before = process.memoryUsage().rss;
const begun = performance.now();
const exitCode = await runCommandLine(['import', ...process.argv.slice(2)], processTerminal(), 'bench');
const seconds = (performance.now() - begun) / 1000;
// maxRSS is in kilobytes.
const growthMb = (process.resourceUsage().maxRSS * 1024 - before) / 2 ** 20;
process.send?.({ exitCode, seconds, growthMb });
process.disconnect();
