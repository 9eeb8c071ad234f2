import { VERSION } from '../version.ts';
import { runCommandLine } from './command-line.ts';
import { processTerminal } from './terminal.ts';

// Set, not forced: what is still being written to a pipe gets out before the process ends by itself.
process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal(), VERSION);
