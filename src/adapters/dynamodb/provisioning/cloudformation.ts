import type { OnDemandThroughput } from '@aws-sdk/client-dynamodb';
import type { TablePlan } from './plan.ts';
import { RECOVERY_DAYS } from './safeguards.ts';
import type { ScalingTarget } from './scaling-targets.ts';
import { scalingTargets, trackingOf } from './scaling-targets.ts';
import { createTableInput } from './table-input.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: object;
  readonly DeletionPolicy?: 'Retain';
  readonly UpdateReplacePolicy?: 'Retain';
}

export interface CloudFormationTemplate {
  readonly AWSTemplateFormatVersion: '2010-09-09';
  readonly Description: string;
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** The tables, and what scales them, as a CloudFormation template. A stack that is deleted leaves the tables. */
export function toCloudFormation(plans: readonly TablePlan[]): CloudFormationTemplate {
  const entries = plans.flatMap((plan, position) => {
    const id = logicalId(plan.table.name, position);
    return [
      [id, tableResource(plan)] as const,
      ...scalingTargets(plan).flatMap((target) => scalingResources(id, target)),
    ];
  });
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'DynamoDB tables of MediaMesh',
    Resources: Object.fromEntries(entries),
  };
}

function tableResource(plan: TablePlan): Resource {
  const { table, settings } = plan;
  const { OnDemandThroughput, GlobalSecondaryIndexes, ...properties } = createTableInput(plan);
  return {
    Type: 'AWS::DynamoDB::Table',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      ...properties,
      ...withoutAbsentCaps({ OnDemandThroughput }),
      ...(GlobalSecondaryIndexes && {
        GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(withoutAbsentCaps),
      }),
      ...(table.ttlAttribute !== undefined && {
        TimeToLiveSpecification: { AttributeName: table.ttlAttribute, Enabled: true },
      }),
      ...(settings.pointInTimeRecovery && {
        PointInTimeRecoverySpecification: {
          PointInTimeRecoveryEnabled: true,
          RecoveryPeriodInDays: RECOVERY_DAYS,
        },
      }),
    },
  };
}

/** In the API -1 takes a cap away; here it would be below the least that is allowed. */
function withoutAbsentCaps<Part extends { readonly OnDemandThroughput?: OnDemandThroughput | undefined }>(
  part: Part,
) {
  const { OnDemandThroughput: caps, ...rest } = part;
  if (caps === undefined) return rest;
  const present = Object.entries(caps).filter(([, units]) => units !== -1);
  return { ...rest, OnDemandThroughput: Object.fromEntries(present) };
}

/** `Fn::Sub` makes CloudFormation wait for the table, which the plain name would not. */
function scalingResources(tableId: string, target: ScalingTarget): (readonly [string, Resource])[] {
  const id = `${tableId}${target.index ?? ''}${target.units}`;
  const index = target.index === undefined ? '' : `/index/${target.index}`;
  const scalable: Resource = {
    Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
    Properties: {
      ServiceNamespace: 'dynamodb',

      ResourceId: { 'Fn::Sub': `table/\${${tableId}}${index}` },
      ScalableDimension: target.dimension,
      MinCapacity: target.range.min,
      MaxCapacity: target.range.max,
    },
  };
  const policy: Resource = {
    Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
    Properties: {
      PolicyName: target.policyName,
      PolicyType: 'TargetTrackingScaling',
      ScalingTargetId: { Ref: `${id}Target` },
      TargetTrackingScalingPolicyConfiguration: trackingOf(target),
    },
  };
  return [
    [`${id}Target`, scalable],
    [`${id}Policy`, policy],
  ];
}

/** Letters and digits only; the position keeps names apart that differ in nothing else. */
function logicalId(name: string, position: number): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const camelCase = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return `${camelCase}Table${position + 1}`;
}
