import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { DoctorOptions } from './commands/doctor.ts';
import type { PolicyOptions, PrintOptions, TablesOptions } from './commands/tables.ts';
import type { ExitCode } from './exit-codes.ts';
import { exitCodeHelp } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

export type End = (code: ExitCode) => void;

const JSON_OPTION = ['--json', 'as JSON on standard output'] as const;
const ALL_OPTION = ['--all', 'all four tables, not only those of stores that are set to dynamodb'] as const;

/** Adds the commands by which an operator sets the engines up and looks after them. */
export function addOperations(program: Command, terminal: Terminal, end: End): void {
  addDb(program, terminal, end);
  addTables(program, terminal, end);
  addDoctor(program, terminal, end);
}

function addDb(program: Command, terminal: Terminal, end: End): void {
  const db = program.command('db').description('the database schema of Postgres');
  const commands = () => import('./commands/db.ts');
  db.command('migrate')
    .description('bring it up to date; a service does the same when it starts')
    .addHelpText('after', exitCodeHelp())
    .action(async () => end(await (await commands()).migrateDatabase(terminal)));
  db.command('status')
    .description('list every step and whether it was made; exits with 5 when one was not')
    .option(...JSON_OPTION)
    .addHelpText('after', exitCodeHelp())
    .action(async (options: { readonly json?: boolean }) => {
      end(await (await commands()).databaseStatus(terminal, options));
    });
}

function addTables(program: Command, terminal: Terminal, end: End): void {
  const tables = program
    .command('tables')
    .description('the tables of DynamoDB, as the configuration declares them');
  const commands = () => import('./commands/tables.ts');
  tables
    .command('apply')
    .description(
      'create them and bring them up to date; again and again changes nothing, and nothing is deleted',
    )
    .option(...ALL_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', exitCodeHelp())
    .action(async (options: TablesOptions) => end(await (await commands()).applyTables(terminal, options)));
  tables
    .command('diff')
    .description('name every way in which they differ; exits with 5 when there is one')
    .option(...ALL_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', exitCodeHelp())
    .action(async (options: TablesOptions) => end(await (await commands()).diffTables(terminal, options)));
  tables
    .command('print')
    .description('print them for other tools, without asking AWS')
    .addOption(
      new Option('--format <format>', 'a CloudFormation template, or the requests that create them')
        .choices(['cloudformation', 'json'])
        .default('cloudformation'),
    )
    .option(...ALL_OPTION)
    .action(async (options: PrintOptions) => end(await (await commands()).printTables(terminal, options)));
  tables
    .command('iam')
    .description('print the least that serving, relaying and provisioning must be allowed, as IAM policies')
    .option('--account <id>', 'the AWS account, twelve digits', accountId, '*')
    .addOption(
      new Option('--partition <name>', 'the AWS partition')
        .choices(['aws', 'aws-cn', 'aws-us-gov'])
        .default('aws'),
    )
    .action(async (options: PolicyOptions) => end(await (await commands()).printPolicies(terminal, options)));
}

function addDoctor(program: Command, terminal: Terminal, end: End): void {
  program
    .command('doctor')
    .description('examine every engine that the configuration uses, and say what to do')
    .option(...JSON_OPTION)
    .addHelpText('after', exitCodeHelp())
    .action(async (options: DoctorOptions) => {
      const { examineEngines } = await import('./commands/doctor.ts');
      end(await examineEngines(terminal, options));
    });
}

function accountId(text: string): string {
  if (/^\d{12}$/.test(text)) return text;
  throw new InvalidArgumentError('It must have twelve digits.');
}
