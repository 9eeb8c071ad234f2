import { describeDifference } from '../../adapters/dynamodb/provisioning/change.ts';
import { tableFaults } from '../../adapters/dynamodb/provisioning/check.ts';
import { declareTables } from '../../adapters/dynamodb/tables.ts';
import type { Config } from '../../config.ts';
import type { Call } from '../../ports/call.ts';
import type { Engines } from '../engines.ts';
import { dynamodbOf } from '../engines.ts';
import { tablesInUse } from '../operations/tables.ts';

/** What is wrong with the tables in use, as sentences that say what mends it; none where no store is DynamoDB. */
export function createTableFaults(parts: Pick<Engines, 'dynamodb'> & { readonly config: Config }) {
  return async (call: Call): Promise<readonly string[]> => {
    const roles = tablesInUse(parts.config);
    if (roles.length === 0) return [];
    const tables = declareTables(dynamodbOf(parts.config).tables);
    const inUse = roles.map((role) => tables[role]);
    const faults = await tableFaults({ client: parts.dynamodb, call }, inUse);
    return faults.map((fault) => `table ${fault.table}: ${describeDifference(fault)}: ${fault.mend}`);
  };
}
