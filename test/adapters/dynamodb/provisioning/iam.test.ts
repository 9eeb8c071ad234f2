import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { IamPolicy } from '../../../../src/adapters/dynamodb/provisioning/iam.ts';
import { iamPolicies } from '../../../../src/adapters/dynamodb/provisioning/iam.ts';
import type { TableRole } from '../../../../src/adapters/dynamodb/tables.ts';

const ADAPTERS = resolve(import.meta.dirname, '../../../../src/adapters/dynamodb');
const POLICIES = iamPolicies({
  names: { discovery: 'd-table', search: 's-table', rateLimits: 'r-table', activity: 'a-table' },
  region: 'eu-central-1',
  account: '123456789012',
  partition: 'aws',
});

/** The file and all that it imports of the folder. */
function closureOf(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/from '(\.{1,2}\/[^']+\.ts)'/g)) {
    const imported = join(file, '..', path);
    if (imported.startsWith(ADAPTERS)) closureOf(imported, seen);
  }
  return seen;
}

const ITEM_COMMANDS: ReadonlySet<string> = new Set([
  'Get',
  'Put',
  'Update',
  'Delete',
  'BatchGet',
  'BatchWrite',
]);

/** The actions of IAM behind what a source sends: its commands, paginators and the parts of its transactions. */
function actionsIn(source: string): readonly string[] {
  const commands = [...source.matchAll(/new (\w+)Command\(/g)].map(([, name = '']) => name);
  const pages = [...source.matchAll(/paginate(\w+)\(/g)].map(([, name = '']) => name);
  const parts = [...source.matchAll(/(?:item: |=> \()\{ (Get|Put|Update|Delete|ConditionCheck)\b/g)].map(
    ([, name = '']) => name,
  );
  return [...commands.filter((name) => !name.startsWith('Transact')), ...pages, ...parts].map((name) =>
    ITEM_COMMANDS.has(name) || name === 'ConditionCheck' ? `${name}Item` : name,
  );
}

function actionsOf(files: Iterable<string>): ReadonlySet<string> {
  return new Set([...files].flatMap((file) => actionsIn(readFileSync(file, 'utf8'))));
}

function allowed(policy: IamPolicy, sid: string): ReadonlySet<string> {
  const actions = policy.Statement.find(({ Sid }) => Sid === sid)?.Action ?? [];
  return new Set(actions.map((action) => action.replace(/^[a-z-]+:/, '')));
}

describe('the policy for serving', () => {
  it.each<[TableRole, string, string]>([
    ['discovery', 'Discovery', 'hot-program-store.ts'],
    ['search', 'Search', 'search-index.ts'],
    ['rateLimits', 'RateLimits', 'counter-store.ts'],
    ['activity', 'Activity', 'activity-store.ts'],
  ])('allows of the %s table exactly what its adapter sends, but for scans', (_, sid, file) => {
    const sent = new Set(actionsOf(closureOf(join(ADAPTERS, file))));
    sent.delete('Scan');
    expect(sent.size).toBeGreaterThan(2);
    expect(allowed(POLICIES.serving, sid)).toEqual(sent);
  });

  it('allows what the check at the start sends', () => {
    const sent = actionsIn(
      ['shape.ts', 'table-updates.ts']
        .map((file) => readFileSync(join(ADAPTERS, 'provisioning', file), 'utf8'))
        .join(),
    );
    expect(new Set(sent.filter((action) => action.startsWith('Describe')))).toEqual(
      allowed(POLICIES.serving, 'CheckAtStart'),
    );
  });

  it('names tables and indexes, and forbids changes of them, and scans of those that nobody scans', () => {
    const { Statement } = POLICIES.serving;
    expect(Statement.find(({ Sid }) => Sid === 'Discovery')?.Resource).toEqual([
      'arn:aws:dynamodb:eu-central-1:123456789012:table/d-table',
      'arn:aws:dynamodb:eu-central-1:123456789012:table/d-table/index/*',
    ]);
    expect(Statement.find(({ Sid }) => Sid === 'Never')?.Action).toEqual(
      expect.arrayContaining(['dynamodb:DeleteTable', 'dynamodb:UpdateTable']),
    );
    const table = 'arn:aws:dynamodb:eu-central-1:123456789012:table';
    const never = [`${table}/r-table`, `${table}/a-table`];
    expect(Statement.find(({ Sid }) => Sid === 'NeverScan')).toMatchObject({
      Effect: 'Deny',
      Action: ['dynamodb:Scan'],
      Resource: [...never, ...never.map((arn) => `${arn}/index/*`)],
    });
    const allowing = Statement.filter(({ Effect }) => Effect === 'Allow');
    expect(allowing.flatMap(({ Resource }) => Resource).filter((arn) => !arn.includes('-table'))).toEqual([]);
    expect(allowing.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
  });
});

describe('the policy for relaying', () => {
  it('reads and writes copies, by scan as well, and no other table', () => {
    const { relaying } = POLICIES;
    expect(allowed(relaying, 'Discovery')).toEqual(
      new Set(['BatchGetItem', 'GetItem', 'PutItem', 'Query', 'Scan']),
    );
    expect(allowed(relaying, 'Search').has('Scan')).toBe(true);
    expect(relaying.Statement.map(({ Sid }) => Sid)).toEqual([
      'Discovery',
      'Search',
      'CheckAtStart',
      'Never',
      'NeverScan',
    ]);
  });

  it('allows the scan that the adapter of the discovery table sends', () => {
    const sent = actionsOf(closureOf(join(ADAPTERS, 'hot-program-store.ts')));
    expect(sent.has('Scan')).toBe(true);
    expect(allowed(POLICIES.relaying, 'Discovery').has('Scan')).toBe(true);
  });
});

describe('a process with the policies for serving and for relaying', () => {
  it('is forbidden by neither what the other allows', () => {
    const statements = [POLICIES.serving, POLICIES.relaying].flatMap(({ Statement }) => Statement);
    const pairsOf = (effect: string) =>
      statements
        .filter(({ Effect }) => Effect === effect)
        .flatMap(({ Action, Resource }) => Action.flatMap((name) => Resource.map((arn) => `${name} ${arn}`)));
    const forbidden = new Set(pairsOf('Deny'));
    expect(forbidden.size).toBeGreaterThan(10);
    expect(pairsOf('Allow').filter((pair) => forbidden.has(pair))).toEqual([]);
  });
});

describe('the policy for provisioning', () => {
  it('allows exactly what provisioning sends, and deletes nothing', () => {
    const folder = join(ADAPTERS, 'provisioning');
    const sent = actionsOf(readdirSync(folder).map((file) => join(folder, file)));
    const { provisioning } = POLICIES;
    const sids = ['Tables', 'Scaling', 'ReadScaling'];
    expect(new Set(sids.flatMap((sid) => [...allowed(provisioning, sid)]))).toEqual(sent);
    const actions = provisioning.Statement.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /dynamodb:(Delete|Put|Get|Scan|Query)/.test(action))).toEqual([]);
  });

  it('may make the role and the alarms that scaling needs', () => {
    const { Statement } = POLICIES.provisioning;
    expect(Statement.find(({ Sid }) => Sid === 'ScalingRole')).toMatchObject({
      Resource: [
        'arn:aws:iam::123456789012:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable',
      ],
      Condition: { StringLike: { 'iam:AWSServiceName': 'dynamodb.application-autoscaling.amazonaws.com' } },
    });
    expect(Statement.find(({ Sid }) => Sid === 'ScalingAlarms')?.Resource).toContain(
      'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:TargetTracking-table/d-table*',
    );
  });
});

it('a policy stays within the 6,144 characters of a managed policy, with long names too', () => {
  const long = (letter: string) => letter.repeat(60);
  const names = { discovery: long('d'), search: long('s'), rateLimits: long('r'), activity: long('a') };
  const scope = { names, region: 'ap-southeast-1', account: '123456789012', partition: 'aws-us-gov' };
  for (const policy of Object.values(iamPolicies(scope)))
    expect(JSON.stringify(policy).length).toBeLessThan(6144);
});
