import type { TableDeclaration } from '../tables.ts';
import type { Difference, Provisioner } from './change.ts';
import { describeDifference, missingTable, toDifference } from './change.ts';
import { readShape } from './shape.ts';
import { shapeChanges } from './shape-changes.ts';

/** Tables that the service can not work with. The message lists every fault with what mends it. */
export class TablesNotReady extends Error {
  readonly differences: readonly Difference[];

  constructor(differences: readonly Difference[]) {
    super(['DynamoDB tables are not as the service needs them:', ...differences.map(describe)].join('\n'));
    this.name = 'TablesNotReady';
    this.differences = differences;
  }
}

/**
 * What keeps the service from working with its tables: one that is missing or not active, time to live that is off, keys or
 * indexes that differ. Of all tables at once; needs `DescribeTable` and `DescribeTimeToLive` alone.
 */
export async function tableFaults(
  reader: Pick<Provisioner, 'client' | 'call'>,
  tables: readonly TableDeclaration[],
): Promise<readonly Difference[]> {
  const faults = await Promise.all(
    tables.map(async (table) => {
      const shape = await readShape(reader, table.name);
      return shape === undefined ? [missingTable(table)] : shapeChanges(table, shape);
    }),
  );
  return faults
    .flat()
    .filter(({ isVital }) => isVital)
    .map(toDifference);
}

/** For the start of the service. @throws {TablesNotReady} when there are faults. */
export async function checkTables(
  reader: Pick<Provisioner, 'client' | 'call'>,
  tables: readonly TableDeclaration[],
): Promise<void> {
  const faults = await tableFaults(reader, tables);
  if (faults.length > 0) throw new TablesNotReady(faults);
}

function describe(difference: Difference): string {
  return `- ${difference.table}: ${describeDifference(difference)}. To mend it: ${difference.mend}`;
}
