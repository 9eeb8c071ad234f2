import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { PooledDatabase } from '../../../../src/adapters/postgres/database.ts';
import { createPostgresProgramCatalog } from '../../../../src/adapters/postgres/program-catalog.ts';
import type { Database } from '../../../../src/adapters/postgres/tables.ts';
import type { Phase } from '../../../../src/ports/phase-store.ts';
import { aDraft } from '../../../support/builders.ts';
import { aCall } from '../../../support/call.ts';
import { useDatabase } from '../../../support/postgres.ts';
import { aSession, isWaiting, switchPhase } from './switch-phase.ts';

const ANY = { kind: 'any' } as const;

/** A write that a migration of programs must not miss, and the switch that begins one. */
describe('the fence between writes and a change of phase', () => {
  const database = useDatabase({ maxConnections: 20, statementTimeoutMs: 30_000 });

  async function reset(phase: Phase = 'off'): Promise<PooledDatabase> {
    const { db } = database();
    await sql`truncate programs, outbox, migration_phases`.execute(db);
    await sql`drop table if exists at_switch`.execute(db);
    if (phase !== 'off') await switchPhase(db, { phase });
    return db;
  }

  test('a switch waits for a write that is under way, and a write that comes meanwhile for the switch', async () => {
    const db = await reset();
    const catalog = createPostgresProgramCatalog({ db });
    const [early, late] = [aDraft(), aDraft()];
    await catalog.putMany([early, late], new Date(), aCall());
    const writer = await aSession(database().url);
    await writer.query('begin');
    await writer.query('update programs set title = $2, version = version + 1 where program_id = $1', [
      early.programId,
      'Under way',
    ]);

    const order: string[] = [];
    const switched = switchPhase(db, { phase: 'dual-write' }).then(() => order.push('switch'));
    await isWaiting(db, 'ExclusiveLock');
    const written = catalog
      .put({ ...late, title: 'Behind the switch' }, ANY, new Date(), aCall())
      .then(() => order.push('late'));
    await isWaiting(db, 'ShareLock');
    expect(order).toEqual([]);
    order.push('early');
    await writer.query('commit');
    await Promise.all([switched, written]);
    expect(order[0]).toBe('early');
    expect(await marked(db)).toEqual([late.programId]);
    expect(await unmarked(db)).toEqual([]);
  });

  test('the audit finds the write that a switch without the fence misses', async () => {
    const db = await reset();
    const draft = aDraft();
    await createPostgresProgramCatalog({ db }).put(draft, ANY, new Date(), aCall());
    const writer = await aSession(database().url);
    await writer.query('begin');
    await writer.query('update programs set version = version + 1');
    await switchPhase(db, { phase: 'dual-write', isFenced: false });
    await writer.query('commit');
    expect(await unmarked(db)).toEqual([draft.programId]);
  });

  test.each([1, 2, 3])(
    'of 400 writers none that commits after the switch is without mark (round %i)',
    async () => {
      const db = await reset();
      const catalog = createPostgresProgramCatalog({ db });
      const drafts = Array.from({ length: 150 }, () => aDraft());
      await catalog.putMany(drafts, new Date(), aCall());
      const settled: string[] = [];
      const write = async (caller: number) => {
        const draft = drafts[(caller * 7) % 100] ?? aDraft();
        if (caller % 11 === 0) await catalog.delete(draft.programId, ANY, new Date(), aCall());
        else if (caller % 7 === 0) await catalog.put(aDraft(), ANY, new Date(), aCall());
        else if (caller % 5 === 0)
          await catalog.putMany(retitled(drafts.slice(0, 20), caller), new Date(), aCall());
        else await catalog.put({ ...draft, title: `By ${caller}` }, ANY, new Date(), aCall());
        settled.push('write');
      };
      // The pool hands its connections out in the order of asking: the switch comes amid writes that are under way.
      const writers = (from: number) => Array.from({ length: 200 }, (_, index) => write(from + index));
      const begun = writers(0);
      const switched = switchPhase(db, { phase: 'dual-write' }).then(() => settled.push('switch'));
      await Promise.all([...begun, switched, ...writers(200)]);
      expect(settled.indexOf('switch')).toBeGreaterThan(100);
      expect(settled.indexOf('switch')).toBeLessThan(300);
      expect(await unmarked(db)).toEqual([]);
      const all = await marked(db);
      expect(all.length).toBeGreaterThan(0);
      expect(all).not.toContain(drafts[149]?.programId);
    },
  );

  test.each(['repeatable read', 'serializable'])(
    'a write at %s is refused and says what to do',
    async (level) => {
      const db = await reset('dual-write');
      const session = await aSession(database().url);
      await session.query(`begin isolation level ${level}`);
      await expect(session.query(INSERT, ['refused'])).rejects.toMatchObject({
        code: '55000',
        message: `writes of "programs" are made at the isolation level READ COMMITTED only, not at ${level.toUpperCase()}`,
        hint: 'Begin the transaction with BEGIN ISOLATION LEVEL READ COMMITTED.',
      });
      await session.query('rollback');
      await session.query('begin isolation level read uncommitted');
      await session.query(INSERT, ['taken']);
      await session.query('commit');
      await session.end();
      expect(await marked(db)).toEqual(['taken']);
    },
  );
});

const INSERT = `
  insert into programs (program_id, title, description, content_type, category, language, tags, metadata, view_count,
    popularity_score, version, created_version, created_at, updated_at)
  values ($1, 't', 'd', 'movie', 'drama', 'en', '{}', '{}', 0, 0, 1, 1, now(), now())`;

function retitled(drafts: readonly ReturnType<typeof aDraft>[], caller: number) {
  return drafts.map((draft) => ({ ...draft, title: `By ${caller}` }));
}

async function marked(db: Kysely<Database>): Promise<readonly string[]> {
  const { rows } = await sql<{ key: string }>`
    select key from outbox where data_set = 'programs' order by key`.execute(db);
  return rows.map(({ key }) => key);
}

/** Programs that changed after the switch, as `at_switch` has them, without a mark of the version they have now. */
async function unmarked(db: Kysely<Database>): Promise<readonly string[]> {
  const { rows } = await sql<{ program_id: string }>`
    select program.program_id from programs as program
    left join at_switch using (program_id)
    left join outbox as mark on mark.data_set = 'programs' and mark.key = program.program_id
    where program.version is distinct from at_switch.version and program.version is distinct from mark.version
    order by 1`.execute(db);
  return rows.map(({ program_id: programId }) => programId);
}
