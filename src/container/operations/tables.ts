import { openDynamo } from '../../adapters/dynamodb/client.ts';
import type { Applied } from '../../adapters/dynamodb/provisioning/apply.ts';
import { applyTables, diffTables } from '../../adapters/dynamodb/provisioning/apply.ts';
import { openAutoScaling } from '../../adapters/dynamodb/provisioning/auto-scaling.ts';
import type {
  Difference,
  Provisioner,
  ProvisioningStep,
} from '../../adapters/dynamodb/provisioning/change.ts';
import { describeDifference } from '../../adapters/dynamodb/provisioning/change.ts';
import { iamPolicies } from '../../adapters/dynamodb/provisioning/iam.ts';
import type { TablePlan, TableSettings } from '../../adapters/dynamodb/provisioning/plan.ts';
import { planTables } from '../../adapters/dynamodb/provisioning/plan.ts';
import type { TableRole } from '../../adapters/dynamodb/tables.ts';
import { declareTables } from '../../adapters/dynamodb/tables.ts';
import type { Config, DynamodbConfig } from '../../config.ts';
import type { Call } from '../../ports/call.ts';
import { dynamodbOf } from '../engines.ts';

export { printTables } from '../../adapters/dynamodb/provisioning/print.ts';

/** AWS takes seconds for a table; DynamoDB Local, milliseconds. */
const LOCAL_POLL_MS = 100;

/** Making a table takes longer than the reads that `DYNAMODB_REQUEST_TIMEOUT_MS` is for. */
const REQUEST_TIMEOUT_MS = 15_000;

/** The DynamoDB tables, for the operator's commands. */
export interface TableOperations {
  apply(call: Call, onProgress: (step: ProvisioningStep) => void): Promise<Applied>;
  diff(call: Call): Promise<readonly Difference[]>;
  /** One line, with what mends it. */
  describe(difference: Difference): string;
  close(): void;
}

/** Which table each store keeps its items in. */
const TABLE_OF = {
  hotProgramStore: 'discovery',
  searchIndex: 'search',
  counterStore: 'rateLimits',
  activityStore: 'activity',
} as const satisfies Partial<Record<keyof Config['adapters'], TableRole>>;

/** The tables of the stores that are set to DynamoDB. */
export function tablesInUse({ adapters }: Config): readonly TableRole[] {
  const stores = Object.keys(TABLE_OF) as (keyof typeof TABLE_OF)[];
  return stores.filter((store) => adapters[store] === 'dynamodb').map((store) => TABLE_OF[store]);
}

export const ALL_TABLES: readonly TableRole[] = Object.values(TABLE_OF);

/** A plan of each of the tables, as the configuration wants them. */
export function plansOf(config: Config, roles: readonly TableRole[]): readonly TablePlan[] {
  const dynamodb = dynamodbOf(config);
  const tables = declareTables(dynamodb.tables);
  return planTables(
    roles.map((role) => tables[role]),
    settingsOf(dynamodb),
  );
}

export function openTables(config: Config, plans: readonly TablePlan[]): TableOperations {
  const dynamodb = { ...dynamodbOf(config), requestTimeoutMs: REQUEST_TIMEOUT_MS };
  const client = openDynamo(dynamodb);
  // Nothing but AWS itself can scale tables.
  const autoScaling = dynamodb.endpoint === undefined ? openAutoScaling(dynamodb) : undefined;
  const provisioner = (call: Call): Provisioner => ({
    client,
    autoScaling,
    isCustomEndpoint: dynamodb.endpoint !== undefined,
    call,
    ...(dynamodb.endpoint !== undefined && { pollMs: LOCAL_POLL_MS }),
  });
  return {
    apply: (call, onProgress) => applyTables({ ...provisioner(call), onProgress }, plans),
    diff: (call) => diffTables(provisioner(call), plans),
    describe: (difference) =>
      `${difference.table}: ${describeDifference(difference)}; to mend it: ${difference.mend}`,
    close() {
      client.destroy();
      autoScaling?.destroy();
    },
  };
}

export interface PolicyScope {
  /** Twelve digits, or `*`. */
  readonly account: string;
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
}

/** The least that each role needs, as IAM policies. */
export function printPolicies(config: Config, scope: PolicyScope): string {
  const { tables, region } = dynamodbOf(config);
  return `${JSON.stringify(iamPolicies({ names: tables, region, ...scope }), null, 2)}\n`;
}

function settingsOf({ provisioning }: DynamodbConfig): TableSettings {
  const { billingMode, deletionProtection, pointInTimeRecovery, tags } = provisioning;
  const common = { deletionProtection, pointInTimeRecovery, tags };
  if (billingMode === 'PAY_PER_REQUEST') {
    const { maxReadUnits, maxWriteUnits } = provisioning;
    return { ...common, billing: { mode: billingMode, maxReadUnits, maxWriteUnits } };
  }
  const { readUnits: read, writeUnits: write, targetUtilization } = provisioning;
  return { ...common, billing: { mode: billingMode, table: { read, write }, targetUtilization } };
}
