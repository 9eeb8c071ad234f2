import type { TablePlan } from './plan.ts';
import { RECOVERY_DAYS } from './safeguards.ts';
import type { ScalingTarget } from './scaling-targets.ts';
import { policyOf, registrationOf, scalingTargets } from './scaling-targets.ts';
import { createTableInput } from './table-input.ts';

/** A call of AWS's API: `input` is what the command line takes as `--cli-input-json`. */
export interface ApiCall {
  readonly command: string;
  readonly input: object;
}

/** The calls that make a table, in their order; the later ones want the table active. */
export function tableCalls(plan: TablePlan): readonly ApiCall[] {
  const { table, settings } = plan;
  const TableName = table.name;
  return [
    { command: 'aws dynamodb create-table', input: createTableInput(plan) },
    ...(table.ttlAttribute === undefined ? [] : [ttlCall(TableName, table.ttlAttribute)]),
    ...(settings.pointInTimeRecovery ? [recoveryCall(TableName)] : []),
    ...scalingTargets(plan).flatMap(scalingCalls),
  ];
}

function ttlCall(TableName: string, AttributeName: string): ApiCall {
  const input = { TableName, TimeToLiveSpecification: { Enabled: true, AttributeName } };
  return { command: 'aws dynamodb update-time-to-live', input };
}

function recoveryCall(TableName: string): ApiCall {
  const PointInTimeRecoverySpecification = {
    PointInTimeRecoveryEnabled: true,
    RecoveryPeriodInDays: RECOVERY_DAYS,
  };
  return {
    command: 'aws dynamodb update-continuous-backups',
    input: { TableName, PointInTimeRecoverySpecification },
  };
}

function scalingCalls(target: ScalingTarget): readonly ApiCall[] {
  return [
    { command: 'aws application-autoscaling register-scalable-target', input: registrationOf(target) },
    { command: 'aws application-autoscaling put-scaling-policy', input: policyOf(target) },
  ];
}
