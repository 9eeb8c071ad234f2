import type { Values, Variable, VariableName } from './variables.ts';
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
  const rules = [addressFaults, databaseFaults, searchFaults].flatMap((rule) => rule(values));
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
      expected: '127.0.0.1, ::1 or localhost; put a proxy that authenticates in front to serve others',
      about: ['AUTH'],
    },
  ];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function databaseFaults(values: Values): CrossFault[] {
  const stores = ['PROGRAM_CATALOG', 'SEARCH_INDEX', 'TEXT_SEARCH', 'ACTIVITY_STORE'] as const;
  const users = stores.filter((name) => values[name] === 'postgres');
  if (users.length === 0 || values.DATABASE_URL !== undefined) return [];
  return [{ ...valueFault('DATABASE_URL', '', `is missing, and ${users.join(', ')} need it`), about: [] }];
}

/** A search copy in the memory of one instance would miss what other instances write, and outlive a catalogue in memory. */
function searchFaults(values: Values): CrossFault[] {
  const copies = ['SEARCH_INDEX', 'TEXT_SEARCH'] as const;
  return copies
    .filter((name) => values[name] !== values.PROGRAM_CATALOG)
    .map((name) => ({
      ...valueFault(name, String(values[name]), `does not go with PROGRAM_CATALOG=${values.PROGRAM_CATALOG}`),
      about: ['PROGRAM_CATALOG'] as const,
      expected: `${values.PROGRAM_CATALOG}: what is searched must last as long as the catalogue and be shared as widely`,
    }));
}

/** Variables that look like ours and are not: probably misspelt. */
export function strangers(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const known: readonly string[] = variableNames();
  const prefixes = /^(MEDIAMESH_|DATABASE_|DEMO_)/;
  const ours = (name: string) => known.includes(name) || known.includes(name.replace(/_FILE$/, ''));
  // Read by the test and benchmark tools, not by the service.
  const tools = new Set(['MEDIAMESH_DATA', 'MEDIAMESH_TEST_REPORT']);
  return Object.keys(env)
    .filter((name) => prefixes.test(name) && !ours(name) && !tools.has(name))
    .map((name) => `${name} is not a variable of MediaMesh${suggestion(name, known)}`);
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
