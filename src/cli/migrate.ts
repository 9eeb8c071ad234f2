import type { Command } from 'commander';
import { Argument, Option } from 'commander';
import { READ_LADDER } from '../domain/migration/thresholds.ts';
import { DIFFERENCE_CLASSES } from '../ports/comparisons.ts';
import type { JobKind } from '../ports/migration-jobs.ts';
import type { Migrated } from '../ports/phase-store.ts';
import { MIGRATED, PHASES } from '../ports/phase-store.ts';
import type { DifferencesOptions, ReportOptions } from './commands/migrate/reports.ts';
import type { JobOptions } from './commands/migrate/run-job.ts';
import type { StepOptions } from './commands/migrate/steps.ts';
import { exitCodeHelp } from './exit-codes.ts';
import type { End } from './operations.ts';
import type { Terminal } from './terminal.ts';
import { wholeNumber } from './whole-number.ts';

const JSON_OPTION = ['--json', 'as JSON on standard output'] as const;
const REASON_OPTION = ['--reason <text>', 'why, for the history'] as const;
const MAX_RATE = 1_000_000;
const MAX_CONCURRENCY = 256;

/** Adds the commands by which an operator moves reads to copies of the catalogue, and back. */
export function addMigrate(program: Command, terminal: Terminal, end: End): void {
  const migrate = program
    .command('migrate')
    .description('move reads to DynamoDB or Redis step by step, and back')
    .addHelpText('after', exitCodeHelp());
  addStatus(migrate, terminal, end);
  addSteps(migrate, terminal, end);
  for (const [kind, about] of JOBS) addJob(migrate, { terminal, end, kind, about });
  addJobChanges(migrate, terminal, end);
  addReports(migrate, terminal, end);
  addRelay(program, terminal, end);
}

const dataSet = () => new Argument('<dataSet>', 'what is moved').choices([...MIGRATED]);
const jobId = () => new Argument('<jobId>', 'the id of a job');

function addStatus(migrate: Command, terminal: Terminal, end: End): void {
  migrate
    .command('status')
    .description('say where each data set stands, and what stands in the way of its next step')
    .addArgument(new Argument('[dataSet]', 'only this one').choices([...MIGRATED]))
    .option(...JSON_OPTION)
    .action(async (only: Migrated | undefined, options: { readonly json?: boolean }) => {
      const { migrationStatus } = await import('./commands/migrate/status.ts');
      end(await migrationStatus(terminal, only, options));
    });
}

function addSteps(migrate: Command, terminal: Terminal, end: End): void {
  const commands = () => import('./commands/migrate/steps.ts');
  migrate
    .command('advance')
    .description(
      'take the next step, when it is earned; exits with 7 and what stands in the way when it is not',
    )
    .addArgument(dataSet())
    .addOption(new Option('--to <phase>', 'this phase in place of the next step').choices([...PHASES]))
    .option(
      '--percent <number>',
      `this share of reads from the copies in place of the next of ${READ_LADDER.join(', ')}`,
      wholeNumber(0, 100),
    )
    .option('--force', 'whatever stands in the way; it is logged')
    .option(...REASON_OPTION)
    .option(...JSON_OPTION)
    .action(async (of: Migrated, options: StepOptions) =>
      end(await (await commands()).advance(terminal, of, options)),
    );
  migrate
    .command('back')
    .description('go one phase back, at once: the catalogue never stopped being complete')
    .addArgument(dataSet())
    .option(...REASON_OPTION)
    .option(...JSON_OPTION)
    .action(async (of: Migrated, options: StepOptions) =>
      end(await (await commands()).goBack(terminal, of, options)),
    );
}

const JOBS: readonly (readonly [JobKind, string])[] = [
  ['backfill', 'write a copy of everything that has none, or an older one'],
  ['verify', 'compare everything with its copy, both ways; exits with 5 when something differs'],
  ['repair', 'compare everything with its copy, and have wrong copies written anew'],
];

interface JobCommand {
  readonly terminal: Terminal;
  readonly end: End;
  readonly kind: JobKind;
  readonly about: string;
}

function addJob(migrate: Command, { terminal, end, kind, about }: JobCommand): void {
  withPace(migrate.command(kind).description(about).addArgument(dataSet()))
    .option('--detach', 'start it and leave it to the running instances of the service')
    .option('--json', 'progress and a summary on standard output, as NDJSON')
    .action(async (of: Migrated, options: JobOptions) => {
      const { runJob } = await import('./commands/migrate/run-job.ts');
      end(await runJob(terminal, kind, of, options));
    });
}

function withPace(command: Command): Command {
  return command
    .option('--rate <number>', 'at most so many keys a second, or none for no bound', rate)
    .option('--concurrency <number>', 'so many keys at once of each worker', wholeNumber(1, MAX_CONCURRENCY));
}

function addJobChanges(migrate: Command, terminal: Terminal, end: End): void {
  const commands = () => import('./commands/migrate/change-job.ts');
  const changes = [
    ['pause', 'pause a job, wherever it is worked on'],
    ['resume', 'let a paused job go on'],
    ['cancel', 'end a job; what it did stays done'],
  ] as const;
  for (const [change, about] of changes) {
    migrate
      .command(change)
      .description(about)
      .addArgument(jobId())
      .option(...JSON_OPTION)
      .action(async (id: string, options: { readonly json?: boolean }) =>
        end(await (await commands()).changeJob(terminal, change, id, options)),
      );
  }
  withPace(
    migrate.command('throttle').description('change how fast a job goes, at once').addArgument(jobId()),
  )
    .option(...JSON_OPTION)
    .action(async (id: string, options: JobOptions) =>
      end(await (await commands()).throttleJob(terminal, id, options)),
    );
}

function addReports(migrate: Command, terminal: Terminal, end: End): void {
  const commands = () => import('./commands/migrate/reports.ts');
  const report = (name: string, about: string) =>
    migrate
      .command(name)
      .description(about)
      .addArgument(dataSet())
      .option('--limit <number>', 'at most so many, 1 to 1000', wholeNumber(1, 1000), 100)
      .option(...JSON_OPTION);
  report('differences', 'list copies that were found wrong, last seen first')
    .addOption(new Option('--class <class>', 'only these').choices([...DIFFERENCE_CLASSES]))
    .option('--job <jobId>', 'only what this job found; shadow: what reads found')
    .action(async (of: Migrated, options: DifferencesOptions) =>
      end(await (await commands()).listDifferences(terminal, of, options)),
    );
  report('parked', 'list keys whose copies can not be made, and why').action(
    async (of: Migrated, options: ReportOptions) =>
      end(await (await commands()).listParked(terminal, of, options)),
  );
  report('history', 'list what was changed, by whom and why, the newest first').action(
    async (of: Migrated, options: ReportOptions) =>
      end(await (await commands()).listHistory(terminal, of, options)),
  );
}

function addRelay(program: Command, terminal: Terminal, end: End): void {
  program
    .command('relay')
    .description('bring copies up to date and work on jobs until SIGTERM, for services with RELAY=off')
    .addHelpText('after', exitCodeHelp())
    .action(async () => {
      const { relayCommand } = await import('./commands/relay.ts');
      end(await relayCommand(terminal));
    });
}

function rate(text: string): number | 'none' {
  return text === 'none' ? text : wholeNumber(1, MAX_RATE)(text);
}
