import { existsSync, readdirSync } from 'node:fs';
import { dynamodbDifferences } from '../src/adapters/dynamodb/differences.ts';
import { memoryDifferences } from '../src/adapters/memory/differences.ts';
import { postgresDifferences } from '../src/adapters/postgres/differences.ts';
import { redisDifferences } from '../src/adapters/redis/differences.ts';
import type { Differences } from '../src/ports/differences.ts';

/** `docs/back-ends.md`: which back end has which port, and where correct adapters of one port differ. */

const BACK_ENDS: Readonly<Record<string, Differences>> = {
  memory: memoryDifferences,
  postgres: postgresDifferences,
  redis: redisDifferences,
  dynamodb: dynamodbDifferences,
};

type Meanings = Readonly<
  Record<string, readonly [question: string, words: Readonly<Record<string, string>>]>
>;

const STALE = { false: 'no', true: 'for a moment' } as const;

const MEANINGS: Readonly<Record<keyof Differences, Meanings>> = {
  counterStore: {
    clock: [
      'Whose clock decides?',
      {
        process: "the process's, which never goes back",
        store: "the server's, the same for all instances",
        instances: "each instance's own: keep them synchronised",
      },
    ],
    survives: [
      'What do counts survive?',
      { nothing: 'nothing', service: 'a restart of the service', store: 'a crash of the store as well' },
    ],
    acrossKeys: [
      'Are units of several keys taken all or none?',
      {
        atomic: 'yes, at once',
        compensated: 'yes; in a cluster one after another, given back when one is denied',
      },
    ],
  },
  activityStore: {
    atomic: [
      'What of one call is counted all or none?',
      { call: 'the whole call', program: 'the views of each program' },
    ],
    durable: [
      'Does an acknowledged view survive a crash of the store?',
      { no: 'no', configured: 'as its persistence is set up (`mediamesh doctor` tells)', yes: 'yes' },
    ],
  },
  hotProgramStore: {
    staleReads: ['May a read return an older copy after a write?', STALE],
    maxProgramBytes: ['How large may a program be?', { undefined: 'no limit of practical interest' }],
  },
  searchIndex: {
    staleLists: ['May a list miss a write? (A read by id never does.)', STALE],
  },
};

export function backEndsDocument(): string {
  const ports = Object.keys(MEANINGS) as (keyof Differences)[];
  return [
    '# Back ends\n',
    'Made by `npm run docs` from the adapters. Every adapter passes the contract suite of its port (`npx vitest run test/adapters`); where correct adapters may differ is',
    'declared in `src/adapters/*/differences.ts`, which the suites read. What is not here is the same everywhere.\n',
    matrix(),
    ...ports.map(differencesOf),
  ].join('\n');
}

function matrix(): string {
  const names = Object.keys(BACK_ENDS);
  const ports = readdirSync('src/ports')
    .map((file) => file.replace(/\.ts$/, ''))
    .filter((port) => names.some((name) => hasAdapter(name, port)));
  const rows = ports.map((port) => {
    const cells = names.map((name) => (hasAdapter(name, port) ? 'yes' : ''));
    return `| \`${pascal(port)}\` | ${cells.join(' | ')} |`;
  });
  return [`| port | ${names.join(' | ')} |`, '|---|---|---|---|---|', ...rows, ''].join('\n');
}

function hasAdapter(name: string, port: string): boolean {
  return existsSync(`src/adapters/${name}/${port}.ts`) && port !== 'differences';
}

function differencesOf(port: keyof Differences): string {
  const having = Object.entries(BACK_ENDS).filter(([, differences]) => differences[port] !== undefined);
  const rows = Object.entries(MEANINGS[port]).map(([trait, [question, words]]) => {
    const cells = having.map(([, differences]) => wordOf(differences[port], trait, words));
    return `| ${question} | ${cells.join(' | ')} |`;
  });
  const head = `| | ${having.map(([name]) => name).join(' | ')} |`;
  const title = port[0]?.toUpperCase() + port.slice(1);
  return [`## ${title}\n`, head, `|---|${'---|'.repeat(having.length)}`, ...rows, ''].join('\n');
}

function wordOf(traits: object | undefined, trait: string, words: Readonly<Record<string, string>>): string {
  const value: unknown = Object.entries(traits ?? {}).find(([name]) => name === trait)?.[1];
  const word = words[String(value)];
  if (word === undefined && typeof value !== 'number')
    throw new Error(`${trait}: nothing says what it means`);
  return word ?? `${value} bytes`;
}

function pascal(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
