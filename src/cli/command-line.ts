import { Command, CommanderError } from 'commander';
import type { ExportOptions } from './commands/export.ts';
import type { ImportOptions } from './commands/import.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT, exitCodeHelp } from './exit-codes.ts';
import { failureOf } from './failures.ts';
import { addLimits } from './limits.ts';
import { addMigrate } from './migrate.ts';
import type { End } from './operations.ts';
import { addOperations } from './operations.ts';
import type { Terminal } from './terminal.ts';
import { complain } from './terminal.ts';
import { wholeNumber } from './whole-number.ts';

/** Runs one command and says how it ended. Commands are loaded when they are asked for: help costs nothing. */
export async function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
  version: string,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const end = (code: ExitCode): void => {
    exitCode = code;
  };
  try {
    await createProgram(terminal, version, end).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const failure = failureOf(error);
    complain(terminal, `mediamesh: ${failure.message}`);
    return failure.exitCode;
  }
}

function createProgram(terminal: Terminal, version: string, end: End): Command {
  const program = new Command('mediamesh')
    .description('Serves what a media platform asks for most: programs, lists, search and rate limits.')
    .version(version)
    .showHelpAfterError('(--help lists what there is)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
    })
    .addHelpText('after', exitCodeHelp());
  addServe(program, terminal, end);
  addImport(program, terminal, end);
  addExport(program, terminal, end);
  addConfig(program, terminal, end);
  addOpenApi(program, terminal, end);
  addOperations(program, terminal, end);
  addMigrate(program, terminal, end);
  addLimits(program, terminal, end);
  return program;
}

function addServe(program: Command, terminal: Terminal, end: End): void {
  program
    .command('serve')
    .description('start the service, as npm start does; the environment configures it')
    .action(async () => {
      const { serveCommand } = await import('./commands/serve.ts');
      end(await serveCommand(terminal));
    });
}

const URL_OPTION = [
  '--url <address>',
  'a running service; default: the one on DATA_DIR, or the databases themselves',
] as const;

function addImport(program: Command, terminal: Terminal, end: End): void {
  program
    .command('import')
    .description('import programs from NDJSON, plain or gzip; again and again changes nothing')
    .argument('<file>', 'a file with one program a line, or - for standard input')
    .option('--map <file>', 'turn foreign records into programs as this map says (see examples/README.md)')
    .option(...URL_OPTION)
    .option('--batch <lines>', 'lines written at a time, 1 to 1000', wholeNumber(1, 1000), 500)
    .option(
      '--from-line <number>',
      'pass over the lines before this one',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
      1,
    )
    .option('--errors <file>', 'write every rejected line with its reason to this file, as NDJSON')
    .option('--dry-run', 'check every line and write nothing')
    .option('--json', 'rejected lines and a summary on standard output, as NDJSON')
    .option('--quiet', 'no progress and no summary')
    .addHelpText('after', exitCodeHelp())
    .action(async (file: string, options: ImportOptions) => {
      const { importPrograms } = await import('./commands/import.ts');
      end(await importPrograms(file, options, terminal));
    });
}

function addExport(program: Command, terminal: Terminal, end: End): void {
  program
    .command('export')
    .description('export every program as NDJSON that import reads')
    .argument('[file]', 'the file to write, or - for standard output', '-')
    .option(...URL_OPTION)
    .option('--gzip', 'compress; default for a file that ends in .gz')
    .option('--quiet', 'no summary')
    .addHelpText('after', exitCodeHelp())
    .action(async (file: string, options: ExportOptions) => {
      const { exportPrograms } = await import('./commands/export.ts');
      end(await exportPrograms(file, options, terminal));
    });
}

function addConfig(program: Command, terminal: Terminal, end: End): void {
  const config = program
    .command('config')
    .description('look at the configuration that the environment gives');
  const commands = () => import('./commands/config.ts');
  config
    .command('print')
    .description('print it as JSON, defaults included, secrets hidden')
    .action(async () => end(await (await commands()).printConfig(terminal)));
  config
    .command('check')
    .description('say whether it can be used, or everything that is wrong')
    .action(async () => end(await (await commands()).checkConfig(terminal)));
  config
    .command('docs')
    .description('print the table of all variables as Markdown')
    .option('--env', 'an example of an environment file instead')
    .action(async (options: { readonly env?: boolean }) => {
      end(await (await commands()).printConfigDocs(terminal, options));
    });
}

function addOpenApi(program: Command, terminal: Terminal, end: End): void {
  program
    .command('openapi')
    .description('print the OpenAPI document of the HTTP API')
    .option('--yaml', 'as YAML instead of JSON')
    .action(async (options: { readonly yaml?: boolean }) => {
      const { printOpenApi } = await import('./commands/openapi.ts');
      end(await printOpenApi(terminal, options));
    });
}
