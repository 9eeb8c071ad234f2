import type {
  PutScalingPolicyCommandInput,
  RegisterScalableTargetCommandInput,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import type { ProvisionedBilling, TablePlan, UnitRange } from './plan.ts';
import { rangesOf } from './plan.ts';

type Units = 'Read' | 'Write';

/** One of the numbers that Application Auto Scaling moves: read or write units, of a table or of an index. */
export interface ScalingTarget {
  readonly table: string;
  readonly index: string | undefined;
  readonly units: Units;
  readonly resourceId: string;
  readonly dimension: `dynamodb:${'table' | 'index'}:${Units}CapacityUnits`;
  readonly range: UnitRange;
  readonly metric: `DynamoDB${Units}CapacityUtilization`;
  readonly policyName: string;
  readonly targetUtilization: number;
}

/** Two for the table and two for each index; none when it is paid by the request. */
export function scalingTargets({ table, settings }: TablePlan): readonly ScalingTarget[] {
  const { billing } = settings;
  if (billing.mode !== 'PROVISIONED') return [];
  const indexes = [undefined, ...table.indexes.map(({ name }) => name)];
  return indexes.flatMap((index) => targetsOf(table.name, index, billing));
}

function targetsOf(
  table: string,
  index: string | undefined,
  billing: ProvisionedBilling,
): readonly ScalingTarget[] {
  const { read, write } = rangesOf(billing, index);
  const target = (units: Units, range: UnitRange): ScalingTarget => ({
    ...{ table, index, units, range, targetUtilization: billing.targetUtilization },
    resourceId: index === undefined ? `table/${table}` : `table/${table}/index/${index}`,
    dimension: `dynamodb:${index === undefined ? 'table' : 'index'}:${units}CapacityUnits`,
    metric: `DynamoDB${units}CapacityUtilization`,
    policyName: `${table}${index === undefined ? '' : `-${index}`}-${units.toLowerCase()}-utilization`,
  });
  return [target('Read', read), target('Write', write)];
}

/** What RegisterScalableTarget is told. */
export function registrationOf({
  resourceId,
  dimension,
  range,
}: ScalingTarget): RegisterScalableTargetCommandInput {
  return {
    ServiceNamespace: 'dynamodb',
    ResourceId: resourceId,
    ScalableDimension: dimension,
    MinCapacity: range.min,
    MaxCapacity: range.max,
  };
}

/** What PutScalingPolicy is told. */
export function policyOf(
  target: ScalingTarget,
  policyName = target.policyName,
): PutScalingPolicyCommandInput {
  return {
    ServiceNamespace: 'dynamodb',
    ResourceId: target.resourceId,
    ScalableDimension: target.dimension,
    PolicyName: policyName,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: trackingOf(target),
  };
}

/** Seconds between two changes in a direction. */
const COOLDOWN_SECONDS = 60;

/** What follows the use of units: the same in the API and in CloudFormation. */
export function trackingOf({
  targetUtilization,
  metric,
}: ScalingTarget): TargetTrackingScalingPolicyConfiguration {
  return {
    TargetValue: targetUtilization,
    ScaleInCooldown: COOLDOWN_SECONDS,
    ScaleOutCooldown: COOLDOWN_SECONDS,
    PredefinedMetricSpecification: { PredefinedMetricType: metric },
  };
}
