import type { Tree } from './clean-house.ts';

/** Each rule's planted violations: every one is added alone to the clean house, and must make that rule speak and no other. */
export const VIOLATIONS: Record<string, Tree[]> = {
  'domain-imports-no-outer-layer': [
    planted('src/domain/planted.ts', "import '../adapters/postgres/pool.ts';"),
    planted('src/domain/planted.ts', "import type { server } from '../http/server.ts';"),
    planted('src/domain/deep/planted.ts', "export { config } from '../../config.ts';"),
  ],
  'domain-imports-ports-as-types': [
    planted('src/domain/planted.ts', "import { Unavailable } from '../ports/errors.ts';"),
    planted('src/domain/planted.ts', "const late = await import('../ports/errors.ts');"),
    planted(
      'src/domain/planted.ts',
      "import type { Store } from '../ports/store.ts';\nimport { declared } from '../ports/store.ts';",
    ),
  ],
  'domain-imports-no-package': [
    planted('src/domain/planted.ts', "import { z } from 'zod';"),
    planted('src/domain/planted.ts', "import type { Pool } from 'pg';"),
    planted('src/domain/planted.ts', "import 'never-installed';"),
  ],
  'domain-imports-no-builtin': [
    planted('src/domain/planted.ts', "import { randomUUID } from 'node:crypto';"),
    planted('src/domain/planted.ts', "import { env } from 'process';"),
    planted('src/domain/planted.ts', "process.getBuiltinModule('node:fs');"),
  ],
  'ports-import-no-outer-layer': [
    planted('src/ports/planted.ts', "import type { pool } from '../adapters/postgres/pool.ts';"),
    planted('src/ports/planted.ts', "import type { container } from '../container.ts';"),
  ],
  'ports-import-domain-as-types': [
    planted('src/ports/planted.ts', "import { rule } from '../domain/program.ts';"),
  ],
  'ports-import-no-package-or-builtin': [
    planted('src/ports/planted.ts', "import type { Pool } from 'pg';"),
    planted('src/ports/planted.ts', "import type { Readable } from 'node:stream';"),
  ],
  'adapters-import-no-other-layer': [
    planted('src/adapters/postgres/planted.ts', "import type { config } from '../../config.ts';"),
    planted('src/adapters/memory/planted.ts', "import { server } from '../../http/server.ts';"),
    planted('src/adapters/guard/planted.ts', "import { container } from '../../container.ts';"),
  ],
  'adapters-import-no-other-adapter': [
    planted('src/adapters/redis/planted.ts', "import { pool } from '../postgres/pool.ts';"),
    planted('src/adapters/migration/planted.ts', "import { store } from '../postgres/store.ts';"),
    planted('src/adapters/guard/planted.ts', "import type { counters } from '../redis/counter-store.ts';"),
    planted('src/adapters/postgres-like/planted.ts', "import { pool } from '../postgres/pool.ts';"),
  ],
  'decorators-import-no-package': [
    planted('src/adapters/guard/planted.ts', "import { Redis } from 'ioredis';"),
    planted('src/adapters/migration/planted.ts', "import type { Pool } from 'pg';"),
  ],
  'postgres-driver-stays-in-its-adapter': [
    planted('src/http/planted.ts', "import type { Pool } from 'pg';"),
    planted('src/adapters/redis/planted.ts', "import { Pool } from 'pg';"),
  ],
  'redis-driver-stays-in-its-adapter': [planted('src/adapters/postgres/planted.ts', "import 'ioredis';")],
  'dynamodb-driver-stays-in-its-adapter': [
    planted('src/adapters/redis/planted.ts', "import '@aws-sdk/client-dynamodb';"),
  ],
  'http-framework-stays-in-http': [
    planted('src/cli/planted.ts', "import { fastify } from 'fastify';"),
    planted('src/adapters/memory/planted.ts', "import type { FastifyReply } from 'fastify';"),
  ],
  'command-line-packages-stay-in-cli': [planted('src/http/planted.ts', "import 'commander';")],
  'http-imports-domain-and-ports-only': [
    planted('src/http/planted.ts', "import { store } from '../adapters/postgres/store.ts';"),
    planted('src/http/planted.ts', "import type { container } from '../container.ts';"),
    planted('src/http/deep/planted.ts', "import { config } from '../../config.ts';"),
  ],
  'cli-imports-domain-ports-and-wiring-only': [
    planted('src/cli/planted.ts', "import { pool } from '../adapters/postgres/pool.ts';"),
    planted('src/cli/planted.ts', "import { server } from '../http/server.ts';"),
  ],
  'only-container-imports-adapters': [
    planted('src/main-helper.ts', "import type { pool } from './adapters/postgres/pool.ts';"),
    planted('src/config/planted.ts', "import { pool } from '../adapters/postgres/pool.ts';"),
  ],
  'only-container-imports-awilix': [
    planted('src/http/planted.ts', "import { createContainer } from 'awilix';"),
    planted('src/adapters/postgres/planted.ts', "import type { Cradle } from 'awilix';"),
  ],
  'only-config-imports-the-process-module': [
    planted('src/http/planted.ts', "import { env } from 'node:process';"),
    planted('src/adapters/postgres/planted.ts', "import process from 'process';"),
  ],
  'nothing-imports-main': [
    planted('src/cli/planted.ts', "import '../main.ts';"),
    planted('src/serve.ts', "import '../src/main.ts';"),
  ],
  'no-cycles': [
    {
      'src/domain/egg.ts': "import { hen } from './hen.ts';\nexport const egg = hen;",
      'src/domain/hen.ts': "import type { egg } from './egg.ts';\nexport const hen = 1;",
    },
    {
      'src/domain/planted.ts':
        "import type { Loop } from '../ports/planted.ts';\nexport interface Loop2 { l: Loop }",
      'src/ports/planted.ts':
        "import type { Loop2 } from '../domain/planted.ts';\nexport interface Loop { l: Loop2 }",
    },
  ],
  'src-imports-no-tests-or-tools': [
    { 'src/http/planted.ts': "import '../../test/fakes.ts';", 'test/fakes.ts': 'export const fake = 1;' },
    { 'src/domain/planted.ts': "import '../../bench/load.ts';", 'bench/load.ts': 'export const load = 1;' },
  ],
  'src-imports-no-dev-dependency': [planted('src/http/planted.ts', "import { vi } from 'vitest';")],
  'src-imports-no-undeclared-package': [planted('src/http/planted.ts', "import 'phantom';")],
};

function planted(path: string, source: string): Tree {
  return { [path]: source };
}
