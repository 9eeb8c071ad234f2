import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { StoreRefused } from '../../domain/errors.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import { describeDifference } from './provisioning/change.ts';
import { tableFaults } from './provisioning/check.ts';
import { withStoreErrors } from './store-errors.ts';
import type { TableDeclaration } from './tables.ts';

export interface CheckDynamodbDeps {
  readonly client: DynamoDBDocumentClient;
  /** Those that the chosen stores use. */
  readonly tables: readonly TableDeclaration[];
  readonly clock: Clock;
}

/** The `Date` header has whole seconds. */
const SKEW_MS = 2000;
/** No item of ours has such a key: nothing is found, and nothing can be changed. */
const PROBE = '#probe';

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

async function checkPermissions(
  client: DynamoDBDocumentClient,
  table: TableDeclaration,
  call: Call,
): Promise<Finding> {
  const refused: string[] = [];
  for (const [action, probe] of probesOf(client, table, call)) {
    await withStoreErrors(probe, call).catch((error: unknown) => {
      if (error instanceof ConditionalCheckFailedException) return;
      if (!(error instanceof StoreRefused)) throw error;
      refused.push(action);
    });
  }
  if (refused.length === 0) return { level: 'ok', text: `${table.name}: is as declared, and may be used` };
  const mend = 'allow what "npx mediamesh tables iam" prints for the serving role';
  return { level: 'fault', text: `${table.name}: not allowed to ${refused.join(', ')}`, mend };
}

type Probe = readonly [action: string, run: () => Promise<unknown>];

/** One harmless request of each kind: the write has a condition that nothing can meet. */
function probesOf(
  client: DynamoDBDocumentClient,
  { name, hashKey, rangeKey, indexes }: TableDeclaration,
  { signal: abortSignal }: Call,
): readonly Probe[] {
  const Key = { [hashKey.name]: PROBE, ...(rangeKey && { [rangeKey.name]: PROBE }) };
  const write = new UpdateCommand({
    TableName: name,
    Key,
    UpdateExpression: 'REMOVE #nothing',
    ConditionExpression: 'attribute_exists(#key) AND attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': hashKey.name, '#nothing': 'nothing' },
  });
  const queries = indexes.map(({ name: index, hashKey: { name: key } }): Probe => {
    const query = new QueryCommand({
      TableName: name,
      IndexName: index,
      KeyConditionExpression: '#key = :probe',
      ExpressionAttributeNames: { '#key': key },
      ExpressionAttributeValues: { ':probe': PROBE },
      Limit: 1,
    });
    return [`query ${index}`, () => client.send(query, { abortSignal })];
  });
  return [
    ['read', () => client.send(new GetCommand({ TableName: name, Key }), { abortSignal })],
    ['write', () => client.send(write, { abortSignal })],
    ...queries,
  ];
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
