import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Finding } from '../../domain/finding.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TableInUse } from './check-permissions.ts';
import { checkPermissions } from './check-permissions.ts';
import { describeDifference } from './provisioning/change.ts';
import { tableFaults } from './provisioning/check.ts';

export interface CheckDynamodbDeps {
  readonly client: DynamoDBDocumentClient;
  /** Those that the chosen stores use. */
  readonly tables: readonly TableInUse[];
  readonly clock: Clock;
}

/** The `Date` header has whole seconds. */
const SKEW_MS = 2000;

/** What an operator should know of DynamoDB. @throws the port's errors when it can not be reached. */
export async function checkDynamodb(deps: CheckDynamodbDeps, call: Call): Promise<readonly Finding[]> {
  const dates = watchDates(deps);
  const faults = await tableFaults({ client: deps.client, call }, deps.tables);
  const findings = faults.map((fault): Finding => {
    return { level: 'fault', text: `${fault.table}: ${describeDifference(fault)}`, mend: fault.mend };
  });
  const broken = new Set(faults.map(({ table }) => table));
  const usable = deps.tables.filter(({ name }) => !broken.has(name));
  const permissions = await Promise.all(usable.map((table) => checkPermissions(deps.client, table, call)));
  return [...findings, ...permissions, skewFinding(dates)];
}

interface Dates {
  skewMs: number | undefined;
}

/** Notes how far the server's clock is off ours, by the `Date` header of its answers. */
function watchDates({ client, clock }: CheckDynamodbDeps): Dates {
  const dates: Dates = { skewMs: undefined };
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers?: Readonly<Record<string, string>> };
      const serverMs = Date.parse(headers?.date ?? '');
      if (!Number.isNaN(serverMs)) dates.skewMs = Math.abs(clock.now() - serverMs);
      return result;
    },
    { step: 'deserialize', name: 'watchDates', priority: 'low', override: true },
  );
  return dates;
}

function skewFinding({ skewMs }: Dates): Finding {
  if (skewMs === undefined) return { level: 'ok', text: 'its answers have no date to compare clocks by' };
  if (skewMs <= SKEW_MS) return { level: 'ok', text: 'its clock agrees with ours' };
  const text = `its clock is ${(skewMs / 1000).toFixed(0)} s off ours: signatures may be refused, and counters differ between instances`;
  return { level: 'warning', text, mend: 'synchronise the clock of this machine (NTP)' };
}
