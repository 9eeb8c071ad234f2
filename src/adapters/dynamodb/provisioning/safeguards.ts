import type { PointInTimeRecoveryDescription, TableDescription } from '@aws-sdk/client-dynamodb';
import {
  DescribeContinuousBackupsCommand,
  ListTagsOfResourceCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import { withStoreErrors } from '../store-errors.ts';
import type { Change, Provisioner } from './change.ts';
import { APPLY_COMMAND } from './change.ts';
import type { TablePlan } from './plan.ts';
import { toTags } from './table-input.ts';
import { isNamed, updateTable, whenFree } from './table-updates.ts';

/** The longest that DynamoDB keeps. */
export const RECOVERY_DAYS = 35;

/** How protection against deletion, point-in-time recovery and tags differ. */
export async function safeguardChanges(
  provisioner: Provisioner,
  plan: TablePlan,
  table: TableDescription,
): Promise<readonly Change[]> {
  const [recovery, tags] = [
    await unlessUnknown(provisioner, () => readRecovery(provisioner, plan.table.name)),
    await unlessUnknown(provisioner, () => readTags(provisioner, table.TableArn ?? '')),
  ];
  return [
    ...protectionChanges(plan, table),
    ...(recovery === 'unknown' ? [] : recoveryChanges(plan, recovery)),
    ...(tags === 'unknown' ? [] : tagChanges(plan, table.TableArn ?? '', tags)),
  ];
}

/** DynamoDB Local has neither backups nor tags. Of AWS's own server the same answer would be a fault. */
async function unlessUnknown<Result>(
  provisioner: Provisioner,
  run: () => Promise<Result>,
): Promise<Result | 'unknown'> {
  return withStoreErrors(run, provisioner.call).catch((error: unknown) => {
    if (provisioner.isCustomEndpoint && isNamed(error, 'UnknownOperationException'))
      return 'unknown' as const;
    throw error;
  });
}

function protectionChanges({ table, settings }: TablePlan, actual: TableDescription): readonly Change[] {
  const isOn = actual.DeletionProtectionEnabled ?? false;
  if (isOn === settings.deletionProtection) return [];
  const input = { TableName: table.name, DeletionProtectionEnabled: settings.deletionProtection };
  const apply = (provisioner: Provisioner) => updateTable(provisioner, input);
  return [settingChange(table.name, 'deletion protection', onOff(!isOn), onOff(isOn), apply)];
}

async function readRecovery({ client, call }: Provisioner, name: string) {
  const command = new DescribeContinuousBackupsCommand({ TableName: name });
  const { ContinuousBackupsDescription } = await client.send(command, { abortSignal: call.signal });
  return ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
}

function recoveryChanges(
  { table, settings }: TablePlan,
  { PointInTimeRecoveryStatus, RecoveryPeriodInDays = RECOVERY_DAYS }: PointInTimeRecoveryDescription,
): readonly Change[] {
  const what = 'point-in-time recovery';
  const actual = PointInTimeRecoveryStatus === 'ENABLED' ? `${RecoveryPeriodInDays} days` : 'off';
  const declared = settings.pointInTimeRecovery ? `${RECOVERY_DAYS} days` : 'off';
  if (actual === declared) return [];
  if (settings.pointInTimeRecovery)
    return [
      settingChange(table.name, what, declared, actual, (provisioner) =>
        keepBackups(provisioner, table.name),
      ),
    ];
  const mend = `what was kept would be lost: aws dynamodb update-continuous-backups --table-name ${table.name} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=false`;
  return [{ table: table.name, what, declared, actual, mend, isVital: false }];
}

/** DynamoDB sets backups up some time after a table has become active, and refuses until then. */
function keepBackups(provisioner: Provisioner, name: string): Promise<void> {
  const command = new UpdateContinuousBackupsCommand({
    TableName: name,
    PointInTimeRecoverySpecification: {
      PointInTimeRecoveryEnabled: true,
      RecoveryPeriodInDays: RECOVERY_DAYS,
    },
  });
  return whenFree(provisioner, 'ContinuousBackupsUnavailableException', () =>
    provisioner.client.send(command, { abortSignal: provisioner.call.signal }),
  );
}

/** At most 50 tags are on a table, and an answer takes them all. */
async function readTags({ client, call }: Provisioner, arn: string): Promise<ReadonlyMap<string, string>> {
  const command = new ListTagsOfResourceCommand({ ResourceArn: arn });
  const { Tags = [] } = await client.send(command, { abortSignal: call.signal });
  return new Map(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

function tagChanges(
  { table, settings }: TablePlan,
  arn: string,
  tags: ReadonlyMap<string, string>,
): readonly Change[] {
  const wrong = Object.entries(settings.tags).filter(([key, value]) => tags.get(key) !== value);
  if (wrong.length === 0) return [];
  const declared = wrong.map(([key, value]) => `${key}=${value}`).join(', ');
  const actual = wrong.map(([key]) => (tags.has(key) ? `${key}=${tags.get(key)}` : `no ${key}`)).join(', ');
  const command = new TagResourceCommand({ ResourceArn: arn, Tags: toTags(Object.fromEntries(wrong)) });
  const apply = ({ client, call }: Provisioner) =>
    withStoreErrors(() => client.send(command, { abortSignal: call.signal }), call);
  return [settingChange(table.name, 'tags', declared, actual, apply)];
}

function settingChange(
  table: string,
  what: string,
  declared: string,
  actual: string,
  apply: NonNullable<Change['apply']>,
): Change {
  return { table, what, declared, actual, mend: APPLY_COMMAND, isVital: false, apply };
}

function onOff(isOn: boolean): string {
  return isOn ? 'on' : 'off';
}
