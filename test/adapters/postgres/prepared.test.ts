import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createPostgresCounterStore } from '../../../src/adapters/postgres/counter-store.ts';
import type { PooledDatabase } from '../../../src/adapters/postgres/database.ts';
import { createPostgresProgramCatalog } from '../../../src/adapters/postgres/program-catalog.ts';
import { aRequest } from '../../contracts/counter-store/fixture.ts';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { openTestDatabase, useDatabase } from '../../support/postgres.ts';

const ANY = { kind: 'any' } as const;

describe('prepared statements', () => {
  const database = useDatabase();

  /** The names of the statements that the one connection keeps after some frequent calls, each made twice. */
  async function keptAfterCalls(preparesStatements: boolean): Promise<readonly string[]> {
    const db = openTestDatabase(database().url, { maxConnections: 1, preparesStatements });
    try {
      for (const title of ['once', 'twice']) await callAll(db, title);
      const { rows } = await sql<{
        name: string;
      }>`select name from pg_prepared_statements order by name`.execute(db);
      return rows.map(({ name }) => name);
    } finally {
      await db.destroy();
    }
  }

  async function callAll(db: PooledDatabase, title: string): Promise<void> {
    const catalog = createPostgresProgramCatalog({ db });
    const draft = { ...aDraft(), title };
    expect((await catalog.put(draft, ANY, new Date(), aCall())).outcome).toBe('created');
    expect((await catalog.put(draft, { kind: 'absent' }, new Date(), aCall())).outcome).toBe('conflict');
    expect(await catalog.get(draft.programId, aCall())).toMatchObject({ title });
    expect(await createPostgresCounterStore(db).consume(aRequest(), aCall())).toMatchObject({
      allowed: true,
    });
  }

  test('are kept by the connection, one for each text', async () => {
    const kept = await keptAfterCalls(true);
    expect(kept).toHaveLength(4);
    expect(kept).toContain('counters CONSUME');
  });

  test('are not used where a pooler can not follow them', async () => {
    expect(await keptAfterCalls(false)).toEqual([]);
  });
});
