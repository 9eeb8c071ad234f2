import { PhaseNotReachable } from '../../../domain/errors.ts';
import { phaseReport, statusReport } from '../../../domain/migration/reports.ts';
import { nextStep, stepBack } from '../../../domain/migration/status.ts';
import type { Migrated, Phase, PhaseRecord } from '../../../ports/phase-store.ts';
import { CommandError } from '../../command-error.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { EXIT } from '../../exit-codes.ts';
import type { Session } from '../../migrate/session.ts';
import { withMigration } from '../../migrate/session.ts';
import { nextText } from '../../migrate/status-text.ts';
import { phaseText } from '../../migrate/texts.ts';
import { whoAsks } from '../../migrate/who.ts';
import type { Terminal } from '../../terminal.ts';
import { complain, say } from '../../terminal.ts';
import { writeText } from '../../write-text.ts';

export interface StepOptions {
  readonly to?: Phase;
  readonly percent?: number;
  readonly force?: boolean;
  readonly reason?: string;
  readonly json?: boolean;
}

interface Step {
  readonly phase: Phase;
  readonly readPercent?: number;
}

/** Takes the next step, or the one that was asked for. */
export async function advance(
  terminal: Terminal,
  dataSet: Migrated,
  options: StepOptions,
): Promise<ExitCode> {
  const wish = wishOf(options);
  return await step(terminal, dataSet, options, (record) => wish ?? nextStep(record));
}

/** Goes one phase back: always possible, at once. */
export async function goBack(terminal: Terminal, dataSet: Migrated, options: StepOptions): Promise<ExitCode> {
  return await step(terminal, dataSet, options, stepBack);
}

function wishOf({ to, percent }: StepOptions): Step | undefined {
  if (percent === undefined) return to && { phase: to };
  if (to === undefined || to === 'read-fallback') return { phase: 'read-fallback', readPercent: percent };
  throw new CommandError(EXIT.usage, `--percent is for read-fallback: in ${to} there is nothing to share`);
}

async function step(
  terminal: Terminal,
  dataSet: Migrated,
  options: StepOptions,
  stepFrom: (record: PhaseRecord) => Step | undefined,
): Promise<ExitCode> {
  return await withMigration(terminal, async (session) => {
    const { record } = await session.migration.statusOf(dataSet, session.call);
    const wish = stepFrom(record);
    if (wish === undefined) {
      say(terminal, `${dataSet} is in the phase ${record.phase}: there is no step further.`);
      return EXIT.ok;
    }
    try {
      const after = await take(terminal, session, dataSet, record, wish, options);
      await tell(terminal, session, dataSet, after, options);
      return EXIT.ok;
    } catch (error) {
      if (!(error instanceof PhaseNotReachable)) throw error;
      return await refuse(terminal, dataSet, wish, error, options);
    }
  });
}

async function take(
  terminal: Terminal,
  { migration, call }: Session,
  dataSet: Migrated,
  record: PhaseRecord,
  wish: Step,
  { force, reason }: StepOptions,
): Promise<PhaseRecord> {
  const notice = setTimeout(() => say(terminal, 'Waiting until every instance acts on it ...'), 1000);
  try {
    return await migration.changePhase(
      dataSet,
      {
        ...wish,
        epoch: record.epoch,
        changedBy: whoAsks(),
        ...(force !== undefined && { force }),
        ...(reason !== undefined && { reason }),
      },
      call,
    );
  } finally {
    clearTimeout(notice);
  }
}

async function tell(
  terminal: Terminal,
  { migration, call }: Session,
  dataSet: Migrated,
  record: PhaseRecord,
  { json = false }: StepOptions,
): Promise<void> {
  if (json) await writeText(terminal.stdout, `${JSON.stringify(phaseReport(dataSet, record), null, 2)}\n`);
  else {
    const status = statusReport(await migration.statusOf(dataSet, call));
    await writeText(
      terminal.stdout,
      `${dataSet} is in the phase ${phaseText(record)} (epoch ${record.epoch}).\n${nextText(status)}`,
    );
  }
}

async function refuse(
  terminal: Terminal,
  dataSet: Migrated,
  wish: Step,
  { blockers }: PhaseNotReachable,
  { json = false }: StepOptions,
): Promise<ExitCode> {
  if (json) await writeText(terminal.stdout, `${JSON.stringify({ dataSet, ...wish, blockers }, null, 2)}\n`);
  else {
    complain(terminal, `${dataSet} can not go to ${wish.phase} yet. What stands in the way:`);
    for (const blocker of blockers) complain(terminal, `  - ${blocker}`);
  }
  return EXIT.refused;
}
