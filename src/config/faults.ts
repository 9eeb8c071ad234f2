import type { Variable } from './variable.ts';
import type { Values, VariableName } from './variables.ts';
import { VARIABLES, variableNames } from './variables.ts';

export interface ConfigFault {
  readonly name: string;
  /** What was given, masked when it is a secret. */
  readonly given: string;
  readonly expected: string;
  readonly example: string;
  /** What is wrong, where that is more than "not as expected". */
  readonly problem?: string;
}

export function valueFault(name: VariableName, given: string, problem?: string): ConfigFault {
  const { expected, example, secret }: Variable = VARIABLES[name];
  const shown = given === '' ? '(nothing)' : JSON.stringify(given.slice(0, 80));
  return {
    name,
    given: secret && given !== '' ? '(hidden)' : shown,
    expected,
    example,
    ...(problem && { problem }),
  };
}

/** Rules about several variables at once; a rule is left out where one of its own variables is wrong by itself. */
export function crossFaults(values: Values, wrong: readonly string[]): readonly ConfigFault[] {
  const rules = [addressFaults, ...ENGINE_RULES, clusterFaults, tableFaults, searchFaults].flatMap((rule) =>
    rule(values),
  );
  const isKnown = ({ name, about }: CrossFault) => ![name, ...about].some((each) => wrong.includes(each));
  return rules.filter(isKnown).map(({ about: _about, ...fault }) => fault);
}

interface CrossFault extends ConfigFault {
  /** The other variables that the rule looks at. */
  readonly about: readonly VariableName[];
}

function addressFaults({ HOST, AUTH }: Values): CrossFault[] {
  if (AUTH !== 'off' || HOST === undefined || isLoopback(HOST)) return [];
  return [
    {
      ...valueFault('HOST', HOST, 'is not a loopback address, and AUTH=off would let everybody in'),
      expected: '127.0.0.1, ::1 or localhost; or AUTH=proxy, when a proxy that authenticates stands in front',
      about: ['AUTH'],
    },
  ];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

const STORES = [
  'PROGRAM_CATALOG',
  'HOT_PROGRAM_STORE',
  'SEARCH_INDEX',
  'TEXT_SEARCH',
  'ACTIVITY_STORE',
  'COUNTER_STORE',
] as const;

/** An engine that a store names must be named itself. */
const ENGINE_RULES = [
  ['postgres', 'DATABASE_URL'],
  ['redis', 'REDIS_URL'],
  ['dynamodb', 'AWS_REGION'],
].map(([engine, variable]) => (values: Values): CrossFault[] => {
  const users = STORES.filter((name) => values[name] === engine);
  const name = variable as VariableName;
  if (users.length === 0 || values[name] !== undefined) return [];
  const verb = users.length === 1 ? 'needs' : 'need';
  return [{ ...valueFault(name, '', `is missing, and ${users.join(', ')} ${verb} it`), about: [] }];
});

function clusterFaults({ REDIS_URL, REDIS_CLUSTER }: Values): CrossFault[] {
  const database = Number(URL.parse(REDIS_URL ?? '')?.pathname.slice(1));
  if (REDIS_CLUSTER === 'off' || REDIS_URL === undefined || database === 0) return [];
  const problem = `names database ${database}, and a cluster has database 0 alone`;
  return [{ ...valueFault('REDIS_URL', REDIS_URL, problem), about: ['REDIS_CLUSTER'] }];
}

const TABLES = [
  'DYNAMODB_DISCOVERY_TABLE',
  'DYNAMODB_SEARCH_TABLE',
  'DYNAMODB_RATE_LIMIT_TABLE',
  'DYNAMODB_ACTIVITY_TABLE',
] as const;

function tableFaults(values: Values): CrossFault[] {
  return TABLES.flatMap((name, index) => {
    const same = TABLES.slice(0, index).find((other) => values[other] === values[name]);
    if (same === undefined || values[name] === undefined) return [];
    return [
      {
        ...valueFault(name, values[name], `is the table of ${same} as well: each needs its own`),
        about: [same],
      },
    ];
  });
}

/** A search copy in the memory of one instance would miss what other instances write, and outlive a catalogue in memory. */
function searchFaults(values: Values): CrossFault[] {
  const catalog = values.PROGRAM_CATALOG;
  const right: Readonly<Record<'SEARCH_INDEX' | 'TEXT_SEARCH', readonly string[]>> = {
    SEARCH_INDEX: catalog === 'postgres' ? ['postgres', 'dynamodb'] : [catalog],
    TEXT_SEARCH: [catalog],
  };
  return (['SEARCH_INDEX', 'TEXT_SEARCH'] as const)
    .filter((name) => !right[name].includes(values[name]))
    .map((name) => ({
      ...valueFault(name, String(values[name]), `does not go with PROGRAM_CATALOG=${catalog}`),
      about: ['PROGRAM_CATALOG'] as const,
      expected: `${right[name].join(' or ')}: what is searched must last as long as the catalogue and be shared as widely`,
    }));
}

/** Variables that look like ours and are not: probably misspelt. */
export function strangers(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const known: readonly string[] = variableNames();
  const prefixes = /^(MEDIAMESH_|DATABASE_|DEMO_|REDIS_|DYNAMODB_|MIGRATION_|RATE_LIMIT_)/;
  const ours = (name: string) => known.includes(name) || known.includes(name.replace(/_FILE$/, ''));
  // Read by the test and benchmark tools, not by the service.
  const tools = new Set(['MEDIAMESH_DATA', 'MEDIAMESH_TEST_REPORT']);
  return Object.keys(env)
    .filter((name) => prefixes.test(name) && !ours(name) && !tools.has(name))
    .map((name) => `${name} is not a variable of MediaMesh${suggestion(name, known)}`);
}

/** Values that are possible but probably not meant. */
export function doubts(values: Values): readonly string[] {
  return [...endpointDoubts(values), ...identityDoubts(values)];
}

function identityDoubts(values: Values): readonly string[] {
  const { AUTH, RATE_LIMIT_IDENTITY, RATE_LIMIT_MODE, TRUSTED_PROXIES } = values;
  if (RATE_LIMIT_MODE === 'off') return [];
  const found: string[] = [];
  if (AUTH === 'off' && RATE_LIMIT_IDENTITY === 'api-key')
    found.push(
      'RATE_LIMIT_IDENTITY=api-key with AUTH=off: nobody checks the keys, so a client with ever new ones is never limited',
    );
  if (AUTH === 'proxy' && RATE_LIMIT_IDENTITY === 'address' && TRUSTED_PROXIES === undefined)
    found.push(
      'AUTH=proxy without TRUSTED_PROXIES: all clients behind the proxy share the rate limits of one client',
    );
  if (RATE_LIMIT_IDENTITY === 'address' && values.RATE_LIMIT_EXEMPT_KEYS !== undefined)
    found.push(
      'RATE_LIMIT_EXEMPT_KEYS with RATE_LIMIT_IDENTITY=address: no key is looked at, so none is exempt',
    );
  return found;
}

function endpointDoubts(values: Values): readonly string[] {
  const endpoint = values.AWS_ENDPOINT_URL_DYNAMODB ?? values.AWS_ENDPOINT_URL;
  const { protocol, hostname = '' } = (endpoint && URL.parse(endpoint)) || {};
  if (protocol !== 'http:' || isLoopback(hostname.replace(/^\[|\]$/g, ''))) return [];
  return [`the endpoint of DynamoDB (${hostname}) is reached without TLS: requests could be read on the way`];
}

function suggestion(name: string, known: readonly string[]): string {
  const close = known.find(
    (candidate) => sharedLength(candidate, name) >= Math.min(candidate.length, name.length) - 2,
  );
  return close === undefined ? '' : `; did you mean ${close}?`;
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
