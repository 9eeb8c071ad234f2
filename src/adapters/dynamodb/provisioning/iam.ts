import type { TableNames, TableRole } from '../tables.ts';

export interface IamScope {
  readonly names: TableNames;
  readonly region: string;
  /** The account's twelve digits. */
  readonly account: string;
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
}

export interface IamStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface IamPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly IamStatement[];
}

/**
 * - `serving`: what requests need, and the check at the start.
 * - `relaying`: what copies programs and documents into their tables and verifies the copies. A process that serves and relays
 *   has both.
 * - `provisioning`: what `mediamesh tables apply` and `diff` need; for operators and pipelines, never for the service.
 */
export interface IamPolicies {
  readonly serving: IamPolicy;
  readonly relaying: IamPolicy;
  readonly provisioning: IamPolicy;
}

/** The least that each role needs. A transaction has no action of its own: it needs those of its parts. */
export function iamPolicies(scope: IamScope): IamPolicies {
  return {
    serving: policy([...dataStatements(scope, SERVING), healthStatement(scope), guardStatement(scope)]),
    relaying: policy([...dataStatements(scope, RELAYING), healthStatement(scope), guardStatement(scope)]),
    provisioning: policy(provisioningStatements(scope)),
  };
}

type DataActions = Readonly<Partial<Record<TableRole, readonly string[]>>>;

/** What the adapters send. Of these, Query reads indexes; it is the one action that an index knows of, so the index's ARN is named for it. */
export const SERVING = {
  discovery: ['BatchGetItem', 'BatchWriteItem', 'GetItem', 'PutItem', 'Query'],
  search: ['BatchGetItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
  rateLimits: ['DeleteItem', 'GetItem', 'UpdateItem'],
  activity: ['BatchGetItem', 'BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
} as const satisfies DataActions;

const RELAYING: DataActions = {
  discovery: ['BatchGetItem', 'GetItem', 'PutItem', 'Query', 'Scan'],
  search: ['BatchGetItem', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem'],
};

function dataStatements(scope: IamScope, actions: DataActions): readonly IamStatement[] {
  return Object.entries(actions).map(([role, names]) => {
    const table = tableArn(scope, scope.names[role as TableRole]);
    const hasIndexes = role !== 'rateLimits';
    return {
      Sid: `${role.charAt(0).toUpperCase()}${role.slice(1)}`,
      Effect: 'Allow',
      Action: names.map((name) => `dynamodb:${name}`),
      Resource: hasIndexes ? [table, `${table}/index/*`] : [table],
    };
  });
}

function healthStatement(scope: IamScope): IamStatement {
  const Action = ['dynamodb:DescribeTable', 'dynamodb:DescribeTimeToLive'];
  return { Sid: 'CheckAtStart', Effect: 'Allow', Action, Resource: tableArns(scope) };
}

/**
 * Whatever else the role is allowed, the tables stay. Scans are not among the denied: a denial goes before what another policy
 * of the role allows, and a role that serves and relays has both.
 */
function guardStatement(scope: IamScope): IamStatement {
  const Action = [
    'dynamodb:DeleteTable',
    'dynamodb:PartiQL*',
    'dynamodb:UpdateTable',
    'dynamodb:UpdateTimeToLive',
  ];
  const tables = tableArns(scope);
  return {
    Sid: 'Never',
    Effect: 'Deny',
    Action,
    Resource: [...tables, ...tables.map((arn) => `${arn}/index/*`)],
  };
}

const TABLE_ACTIONS = [
  'CreateTable',
  'DescribeContinuousBackups',
  'DescribeTable',
  'DescribeTimeToLive',
  'ListTagsOfResource',
  'TagResource',
  'UpdateContinuousBackups',
  'UpdateTable',
  'UpdateTimeToLive',
];

/** Scaling acts by alarms, which it makes with the permissions of whoever asks for it. */
function provisioningStatements(scope: IamScope): readonly IamStatement[] {
  const { partition, region, account } = scope;
  const alarms = Object.values(scope.names).map(
    (name) => `arn:${partition}:cloudwatch:${region}:${account}:alarm:TargetTracking-table/${name}*`,
  );
  return [
    {
      Sid: 'Tables',
      Effect: 'Allow',
      Action: TABLE_ACTIONS.map((name) => `dynamodb:${name}`),
      Resource: tableArns(scope),
    },
    ...scalingStatements(scope),
    {
      Sid: 'ScalingAlarms',
      Effect: 'Allow',
      Action: ['cloudwatch:DeleteAlarms', 'cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricAlarm'],
      Resource: alarms,
    },
    scalingRoleStatement(scope),
  ];
}

/** Targets have no names that could be known before: AWS makes them up. */
function scalingStatements({ partition, region, account }: IamScope): readonly IamStatement[] {
  const Condition = { StringEquals: { 'application-autoscaling:service-namespace': 'dynamodb' } };
  return [
    {
      Sid: 'Scaling',
      Effect: 'Allow',
      Action: ['application-autoscaling:PutScalingPolicy', 'application-autoscaling:RegisterScalableTarget'],
      Resource: [`arn:${partition}:application-autoscaling:${region}:${account}:scalable-target/*`],
      Condition,
    },
    {
      Sid: 'ReadScaling',
      Effect: 'Allow',
      Action: [
        'application-autoscaling:DescribeScalableTargets',
        'application-autoscaling:DescribeScalingPolicies',
      ],
      Resource: ['*'],
    },
  ];
}

/** Made by the first target of an account; afterwards it is there. */
function scalingRoleStatement({ partition, account }: IamScope): IamStatement {
  const service = 'dynamodb.application-autoscaling.amazonaws.com';
  const role = `${service}/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable`;
  return {
    Sid: 'ScalingRole',
    Effect: 'Allow',
    Action: ['iam:CreateServiceLinkedRole'],
    Resource: [`arn:${partition}:iam::${account}:role/aws-service-role/${role}`],
    Condition: { StringLike: { 'iam:AWSServiceName': service } },
  };
}

function policy(Statement: readonly IamStatement[]): IamPolicy {
  return { Version: '2012-10-17', Statement };
}

function tableArns(scope: IamScope): readonly string[] {
  return Object.values(scope.names).map((name: string) => tableArn(scope, name));
}

function tableArn({ partition, region, account }: IamScope, name: string): string {
  return `arn:${partition}:dynamodb:${region}:${account}:table/${name}`;
}
