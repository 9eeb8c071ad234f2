import { phaseReport } from '../../../domain/migration/reports.ts';
import type { DifferenceClass } from '../../../ports/comparisons.ts';
import type { Migrated } from '../../../ports/phase-store.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { EXIT } from '../../exit-codes.ts';
import type { Session } from '../../migrate/session.ts';
import { withMigration } from '../../migrate/session.ts';
import { columns, timeText } from '../../migrate/texts.ts';
import type { Terminal } from '../../terminal.ts';
import { say } from '../../terminal.ts';
import { writeText } from '../../write-text.ts';

export interface ReportOptions {
  readonly limit: number;
  readonly json?: boolean;
}

export interface DifferencesOptions extends ReportOptions {
  readonly class?: DifferenceClass;
  readonly job?: string;
}

/** Lists copies that were found wrong, last seen first. */
export async function listDifferences(
  terminal: Terminal,
  dataSet: Migrated,
  options: DifferencesOptions,
): Promise<ExitCode> {
  const { class: name, job, limit } = options;
  const filter = { ...(name !== undefined && { class: name }), ...(job !== undefined && { foundBy: job }) };
  return await list(terminal, options, 'No copy was found wrong.', {
    read: ({ migration, call }) => migration.differences(dataSet, filter, limit, call),
    heads: ['key', 'class', 'catalogue', 'copy', 'seen', 'last seen', 'found by', 'differs in'],
    cells: ({ key, class: name, truthVersion, copyVersion, times, lastSeen, foundBy, paths }) => [
      ...[key, name, String(truthVersion ?? '-'), String(copyVersion ?? '-'), `${times} x`],
      ...[timeText(lastSeen), foundBy, paths.join(' ')],
    ],
  });
}

/** Lists keys whose copies can not be made. */
export async function listParked(
  terminal: Terminal,
  dataSet: Migrated,
  options: ReportOptions,
): Promise<ExitCode> {
  return await list(terminal, options, 'No key is parked.', {
    read: ({ migration, call }) => migration.parked(dataSet, options.limit, call),
    heads: ['key', 'version', 'tries', 'parked', 'reason'],
    cells: ({ key, version, attempts, parkedAt, reason }) => [
      ...[key, String(version), String(attempts), timeText(parkedAt), reason],
    ],
  });
}

/** Lists what was changed, the newest first. */
export async function listHistory(
  terminal: Terminal,
  dataSet: Migrated,
  options: ReportOptions,
): Promise<ExitCode> {
  return await list(terminal, options, 'Nothing was changed yet.', {
    read: async ({ migration, call }) =>
      (await migration.history(dataSet, options.limit, call)).map((record) => phaseReport(dataSet, record)),
    heads: ['epoch', 'changed', 'phase', 'reads', 'by', 'reason'],
    cells: ({ epoch, changedAt, phase, readPercent, changedBy, reason }) => [
      ...[String(epoch), timeText(changedAt), phase, `${readPercent} %`, changedBy, reason],
    ],
  });
}

interface List<Item> {
  readonly read: (session: Session) => Promise<readonly Item[]>;
  readonly heads: readonly string[];
  readonly cells: (item: Item) => readonly string[];
}

async function list<Item>(
  terminal: Terminal,
  { json = false }: ReportOptions,
  none: string,
  { read, heads, cells }: List<Item>,
): Promise<ExitCode> {
  return await withMigration(terminal, async (session) => {
    const items = await read(session);
    if (json) await writeText(terminal.stdout, `${JSON.stringify({ items }, null, 2)}\n`);
    else if (items.length === 0) say(terminal, none);
    else await writeText(terminal.stdout, columns([heads, ...items.map(cells)]));
    return EXIT.ok;
  });
}
