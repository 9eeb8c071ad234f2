import type { Config } from '../../config.ts';
import type { TableOperations } from '../../container/operations/tables.ts';
import { CommandError } from '../command-error.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import { listenForInterrupts } from '../interrupts.ts';
import type { Terminal } from '../terminal.ts';
import { say } from '../terminal.ts';
import { writeText } from '../write-text.ts';

const NO_TABLES =
  'No store is set to dynamodb, so no table is in use: set HOT_PROGRAM_STORE, SEARCH_INDEX, COUNTER_STORE or ACTIVITY_STORE to dynamodb, or add --all for all four tables.';

export interface TablesOptions {
  /** All four tables, also those of stores that are set to something else. */
  readonly all?: boolean;
  readonly json?: boolean;
}

/** Creates the tables and brings them up to date. What can not be changed in place is listed, and exits with 5. */
export async function applyTables(terminal: Terminal, options: TablesOptions): Promise<ExitCode> {
  return await withTables(terminal, options, async (tables, signal) => {
    const { changed, remaining } = await tables.apply({ signal }, ({ table, step }) =>
      say(terminal, `${table}: ${step}`),
    );
    if (options.json === true) await writeJson(terminal, { changed, remaining });
    for (const difference of remaining) say(terminal, tables.describe(difference));
    if (remaining.length > 0) return EXIT.differs;
    say(terminal, changed.length === 0 ? 'The tables are as declared.' : 'The tables are as declared now.');
    return EXIT.ok;
  });
}

/** Says where the tables differ from what is declared. */
export async function diffTables(terminal: Terminal, options: TablesOptions): Promise<ExitCode> {
  return await withTables(terminal, options, async (tables, signal) => {
    const differences = await tables.diff({ signal });
    if (options.json === true) await writeJson(terminal, { differences });
    else await writeText(terminal.stdout, differences.map((each) => `${tables.describe(each)}\n`).join(''));
    if (differences.length > 0) return EXIT.differs;
    say(terminal, 'The tables are as declared.');
    return EXIT.ok;
  });
}

export interface PrintOptions extends TablesOptions {
  readonly format: 'cloudformation' | 'json';
}

/** Prints the tables as declared, for whoever provisions them with other tools. */
export async function printTables(terminal: Terminal, options: PrintOptions): Promise<ExitCode> {
  const { plans, printTables: print } = await load(options);
  await writeText(terminal.stdout, print(plans, options.format));
  return EXIT.ok;
}

export interface PolicyOptions {
  readonly account: string;
  readonly partition: string;
}

/** Prints what each role needs to be allowed. */
export async function printPolicies(terminal: Terminal, options: PolicyOptions): Promise<ExitCode> {
  const { config, printPolicies: print } = await load({ all: true });
  await writeText(terminal.stdout, print(config, options));
  return EXIT.ok;
}

async function withTables(
  terminal: Terminal,
  options: TablesOptions,
  run: (tables: TableOperations, signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { config, plans, openTables } = await load(options);
  const tables = openTables(config, plans);
  const interrupts = listenForInterrupts();
  try {
    return await run(tables, interrupts.stop);
  } catch (error) {
    if (!interrupts.stop.aborted) throw error;
    say(terminal, 'stopped: run it again, it goes on where it was');
    return interrupts.exitCode();
  } finally {
    interrupts.release();
    tables.close();
  }
}

async function load({ all = false }: TablesOptions) {
  const [{ loadConfig }, operations] = await Promise.all([
    import('../../config.ts'),
    import('../../container/operations/tables.ts'),
  ]);
  const { ALL_TABLES, tablesInUse, plansOf, openTables, printTables, printPolicies } = operations;
  const config = loadConfig();
  refuseWithoutRegion(config);
  const roles = all ? ALL_TABLES : tablesInUse(config);
  if (roles.length === 0) throw new CommandError(EXIT.usage, NO_TABLES);
  return { config, plans: plansOf(config, roles), openTables, printTables, printPolicies };
}

function refuseWithoutRegion(config: Config): void {
  if (config.dynamodb !== undefined) return;
  const message = 'AWS_REGION is missing: it says where the tables are, for example AWS_REGION=eu-central-1.';
  throw new CommandError(EXIT.configuration, message);
}

async function writeJson({ stdout }: Terminal, value: unknown): Promise<void> {
  await writeText(stdout, `${JSON.stringify(value, null, 2)}\n`);
}
