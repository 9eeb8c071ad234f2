/** Files of a small project: path to text. */
export type Tree = Record<string, string>;

/** A project of every layer, in which each imports all that it may. */
export const CLEAN_HOUSE: Tree = {
  'package.json': JSON.stringify({
    type: 'module',
    dependencies: {
      '@aws-sdk/client-dynamodb': '1',
      awilix: '1',
      commander: '1',
      fastify: '1',
      ioredis: '1',
      pg: '1',
      zod: '1',
    },
    devDependencies: { vitest: '1' },
  }),
  ...installed(
    '@aws-sdk/client-dynamodb',
    'awilix',
    'commander',
    'fastify',
    'ioredis',
    'phantom',
    'pg',
    'vitest',
    'zod',
  ),
  'src/main.ts':
    "import { config } from './config.ts';\nimport { container } from './container.ts';\nimport { server } from './http/server.ts';\nserver(container(config));\n",
  'src/config.ts':
    "import { z } from 'zod';\nimport { env } from 'node:process';\nexport const config = z(env);\n",
  'src/container.ts':
    "import { createContainer } from 'awilix';\nimport { Pool } from 'pg';\nimport { store } from './adapters/postgres/store.ts';\nimport { guarded } from './adapters/guard/store.ts';\nexport const container = (c) => createContainer(guarded(store(new Pool(c))));\n",
  'src/domain/program.ts':
    "import { page } from './page.ts';\nexport interface Program { id: string }\nexport const rule = page;\n",
  'src/domain/page.ts': 'export const page = 1;\n',
  'src/domain/use-case.ts':
    "import type { Store } from '../ports/store.ts';\nexport const useCase = (store: Store) => store;\n",
  'src/ports/errors.ts': 'export class Unavailable extends Error {}\n',
  'src/ports/store.ts':
    "import type { Program } from '../domain/program.ts';\nimport { Unavailable } from './errors.ts';\nexport interface Store { get(): Program }\nexport const declared = [Unavailable];\n",
  'src/adapters/postgres/pool.ts': "import { Pool } from 'pg';\nexport const pool = Pool;\n",
  'src/adapters/postgres/store.ts':
    "import type { Pool } from 'pg';\nimport { createHash } from 'node:crypto';\nimport { rule } from '../../domain/program.ts';\nimport { Unavailable } from '../../ports/errors.ts';\nimport { pool } from './pool.ts';\nexport const store = (p: Pool) => [createHash, rule, Unavailable, pool, p];\n",
  'src/adapters/redis/counter-store.ts': "import { Redis } from 'ioredis';\nexport const counters = Redis;\n",
  'src/adapters/guard/store.ts':
    "import { rule } from '../../domain/program.ts';\nimport type { Store } from '../../ports/store.ts';\nexport const guarded = (s: Store) => [rule, s];\n",
  'src/http/server.ts':
    "import { fastify } from 'fastify';\nimport { useCase } from '../domain/use-case.ts';\nimport { declared } from '../ports/store.ts';\nexport const server = (d) => [fastify, useCase, declared, d];\n",
  'src/cli/main.ts':
    "import { Command } from 'commander';\nimport { config } from '../config.ts';\nimport { container } from '../container.ts';\nimport { useCase } from '../domain/use-case.ts';\nnew Command(config, container, useCase);\n",
};

function installed(...names: string[]): Tree {
  return Object.fromEntries(
    names.flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
      [`node_modules/${name}/index.js`, 'export {};\n'],
    ]),
  );
}
