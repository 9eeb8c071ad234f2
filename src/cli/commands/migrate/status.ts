import { statusReport } from '../../../domain/migration/reports.ts';
import type { Migrated } from '../../../ports/phase-store.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { EXIT } from '../../exit-codes.ts';
import { withMigration } from '../../migrate/session.ts';
import { statusText } from '../../migrate/status-text.ts';
import type { Terminal } from '../../terminal.ts';
import { writeText } from '../../write-text.ts';

/** Says where the migrations stand, or that of one data set. */
export async function migrationStatus(
  terminal: Terminal,
  dataSet: Migrated | undefined,
  { json = false }: { readonly json?: boolean },
): Promise<ExitCode> {
  return await withMigration(terminal, async ({ migration, stores, call }) => {
    const all = (await migration.status(call)).filter(
      (each) => dataSet === undefined || each.dataSet === dataSet,
    );
    const { instanceId: own } = stores.local.cradle;
    const reports = all.map(statusReport).map(({ instances, ...report }) => ({
      ...report,
      // This command is one for as long as it looks.
      instances: instances.filter(({ instanceId }) => instanceId !== own),
    }));
    const text = json
      ? `${JSON.stringify({ items: reports }, null, 2)}\n`
      : reports.map(statusText).join('\n');
    await writeText(terminal.stdout, text);
    return EXIT.ok;
  });
}
