import { describe, expect, it } from 'vitest';
import { planTables } from '../../../../src/adapters/dynamodb/provisioning/plan.ts';
import { printTables } from '../../../../src/adapters/dynamodb/provisioning/print.ts';
import { ON_DEMAND, PROVISIONED, TABLES } from '../../../support/provisioning.ts';

const ALL = Object.values(TABLES);
const cloudFormation = (settings: Parameters<typeof planTables>[1]) =>
  JSON.parse(printTables(planTables(ALL, settings), 'cloudformation'));

describe('a CloudFormation template', () => {
  it('has the tables with time to live, recovery, protection, caps and tags', () => {
    const billing = { mode: 'PAY_PER_REQUEST', maxReadUnits: 100 } as const;
    const settings = { billing, deletionProtection: true, pointInTimeRecovery: true, tags: { team: 'a' } };
    const { Resources } = cloudFormation(settings);
    expect(Object.keys(Resources)).toEqual([
      'DiscoveryTable1',
      'SearchTable2',
      'RateLimitsTable3',
      'ActivityTable4',
    ]);
    expect(Resources.DiscoveryTable1).toEqual({
      Type: 'AWS::DynamoDB::Table',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        TableName: 'discovery',
        KeySchema: [{ AttributeName: 'programId', KeyType: 'HASH' }],
        AttributeDefinitions: [
          { AttributeName: 'programId', AttributeType: 'S' },
          { AttributeName: 'category', AttributeType: 'S' },
          { AttributeName: 'popularityScore', AttributeType: 'N' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'CategoryIndex',
            KeySchema: [
              { AttributeName: 'category', KeyType: 'HASH' },
              { AttributeName: 'popularityScore', KeyType: 'RANGE' },
            ],
            Projection: {
              ProjectionType: 'INCLUDE',
              NonKeyAttributes: TABLES.discovery.indexes[0]?.projected,
            },
            OnDemandThroughput: { MaxReadRequestUnits: 100 },
          },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        OnDemandThroughput: { MaxReadRequestUnits: 100 },
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
        DeletionProtectionEnabled: true,
        Tags: [{ Key: 'team', Value: 'a' }],
      },
    });
    expect(Resources.RateLimitsTable3.Properties).not.toHaveProperty('PointInTimeRecoverySpecification');
    expect(Resources.RateLimitsTable3.Properties).not.toHaveProperty('GlobalSecondaryIndexes');
    expect(Resources.SearchTable2.Properties).not.toHaveProperty('TimeToLiveSpecification');
  });

  it('says nothing of what is not declared', () => {
    const { Resources } = cloudFormation(ON_DEMAND);
    for (const { Properties } of Object.values<{ Properties: object }>(Resources)) {
      expect(Properties).not.toHaveProperty('OnDemandThroughput');
      expect(Properties).not.toHaveProperty('Tags');
      expect(Properties).toMatchObject({ DeletionProtectionEnabled: false });
    }
  });

  it('scales provisioned tables and each of their indexes', () => {
    const { Resources } = cloudFormation(PROVISIONED);
    const scaling = Object.entries<{ Type: string }>(Resources).filter(
      ([, { Type }]) => Type !== 'AWS::DynamoDB::Table',
    );
    // Four tables, eight indexes, reads and writes, a target and a policy each.
    expect(scaling).toHaveLength((4 + 8) * 2 * 2);
    expect(Resources.DiscoveryTable1.Properties).toMatchObject({
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
    });
    expect(Resources.DiscoveryTable1CategoryIndexWriteTarget).toEqual({
      Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      Properties: {
        ServiceNamespace: 'dynamodb',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own way to put the name in
        ResourceId: { 'Fn::Sub': 'table/${DiscoveryTable1}/index/CategoryIndex' },
        ScalableDimension: 'dynamodb:index:WriteCapacityUnits',
        MinCapacity: 8,
        MaxCapacity: 16,
      },
    });
    expect(Resources.DiscoveryTable1CategoryIndexWritePolicy).toEqual({
      Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
      Properties: {
        PolicyName: 'discovery-CategoryIndex-write-utilization',
        PolicyType: 'TargetTrackingScaling',
        ScalingTargetId: { Ref: 'DiscoveryTable1CategoryIndexWriteTarget' },
        TargetTrackingScalingPolicyConfiguration: {
          ...{ TargetValue: 70, ScaleInCooldown: 60, ScaleOutCooldown: 60 },
          PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBWriteCapacityUtilization' },
        },
      },
    });
  });

  it('has ids of letters and digits, one for each table', () => {
    const names = ['my-table.v2', 'my_table-v2', '_-_'];
    const tables = names.map((name) => ({ ...TABLES.rateLimits, name }));
    const { Resources } = JSON.parse(printTables(planTables(tables, ON_DEMAND), 'cloudformation'));
    expect(Object.keys(Resources)).toEqual(['MyTableV2Table1', 'MyTableV2Table2', 'Table3']);
  });
});

describe('plain JSON', () => {
  it('is the calls that make the tables, in their order', () => {
    const settings = { ...PROVISIONED, pointInTimeRecovery: true };
    const calls = JSON.parse(printTables(planTables([TABLES.discovery], settings), 'json'));
    const scale = ['register-scalable-target', 'put-scaling-policy'];
    expect(calls.map(({ command }: { command: string }) => command)).toEqual([
      'aws dynamodb create-table',
      'aws dynamodb update-time-to-live',
      'aws dynamodb update-continuous-backups',
      ...Array.from({ length: 4 }, () => scale.map((name) => `aws application-autoscaling ${name}`)).flat(),
    ]);
    expect(calls[1].input).toEqual({
      TableName: 'discovery',
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' },
    });
    expect(calls[3].input).toMatchObject({ ResourceId: 'table/discovery', MinCapacity: 5, MaxCapacity: 10 });
  });

  it('has one call for a table without any of that', () => {
    const calls = JSON.parse(printTables(planTables([TABLES.search], ON_DEMAND), 'json'));
    expect(calls).toMatchObject([{ input: { TableName: 'search', BillingMode: 'PAY_PER_REQUEST' } }]);
  });
});
