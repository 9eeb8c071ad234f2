import { runCommandLine } from './cli/command-line.ts';
import { processTerminal } from './cli/terminal.ts';
import { VERSION } from './version.ts';

// `npm start`: the service, with the same faults, messages and exit codes as on the command line.
process.exitCode = await runCommandLine(['serve', ...process.argv.slice(2)], processTerminal(), VERSION);
