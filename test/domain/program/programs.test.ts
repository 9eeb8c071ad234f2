import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryOutbox } from '../../../src/adapters/memory/outbox.ts';
import { createMemoryProgramCatalog } from '../../../src/adapters/memory/program-catalog.ts';
import { createProgramChanges } from '../../../src/domain/program/changes.ts';
import { createPrograms } from '../../../src/domain/program/create-programs.ts';
import type { Programs } from '../../../src/domain/program/programs.ts';
import type { ProgramCatalog, WriteCondition } from '../../../src/ports/program-catalog.ts';
import { aDraft, anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const ANY: WriteCondition = { kind: 'any' };
const at = (...versions: number[]): WriteCondition => ({ kind: 'version', versions });

let catalog: ProgramCatalog;
let programs: Programs;
let published: string[][];

function createWith(overrides: Partial<ProgramCatalog> = {}): Programs {
  const changes = createProgramChanges();
  changes.subscribe((ids) => published.push([...ids]));
  const all = { ...catalog, ...overrides };
  return createPrograms({
    catalog: all,
    truth: all,
    clock: createFakeClock(),
    ids: { next: () => anId() },
    changes,
  });
}

beforeEach(() => {
  catalog = createMemoryProgramCatalog({
    outbox: createMemoryOutbox({ clock: createFakeClock() }),
  });
  published = [];
  programs = createWith();
});

describe('create', () => {
  it('makes an id when none is given', async () => {
    const { programId: _programId, ...draft } = aDraft();
    const program = await programs.create(draft, aCall());
    expect(await programs.get(program.programId, aCall())).toEqual(program);
    expect(published).toEqual([[program.programId]]);
  });

  it('refuses a taken id and changes nothing', async () => {
    const draft = aDraft();
    const program = await programs.create(draft, aCall());
    await expect(programs.create({ ...draft, title: 'Another' }, aCall())).rejects.toMatchObject({
      code: 'program-exists',
    });
    expect(await programs.get(draft.programId, aCall())).toEqual(program);
    expect(published).toHaveLength(1);
  });

  it('refuses a wrong draft with every fault', async () => {
    await expect(programs.create({ ...aDraft(), title: '', viewCount: -1 }, aCall())).rejects.toMatchObject({
      code: 'validation-failed',
      faults: [{ path: '/title' }, { path: '/viewCount' }],
    });
  });

  it('counts its own earlier attempt as created, and no other program', async () => {
    const draft = aDraft();
    const first = await programs.create(draft, aCall());
    expect(await programs.createAgain(draft, aCall())).toEqual(first);
    await expect(programs.createAgain({ ...draft, title: 'Another' }, aCall())).rejects.toMatchObject({
      code: 'program-exists',
    });
    await programs.patch(draft.programId, { title: 'Changed' }, ANY, aCall());
    await expect(programs.createAgain({ ...draft, title: 'Changed' }, aCall())).rejects.toMatchObject({
      code: 'program-exists',
    });
  });
});

describe('replace', () => {
  it('creates what is not there and replaces what is', async () => {
    const { programId, ...draft } = aDraft();
    expect(await programs.replace(programId, draft, ANY, aCall())).toMatchObject({
      created: true,
      program: { version: 1 },
    });
    const replaced = await programs.replace(programId, { ...draft, title: 'New' }, at(1), aCall());
    expect(replaced).toMatchObject({ created: false, program: { version: 2, title: 'New' } });
  });

  it('refuses another id in the body', async () => {
    await expect(programs.replace('one', aDraft({ programId: 'two' }), ANY, aCall())).rejects.toMatchObject({
      faults: [{ path: '/programId', message: 'must be the id of the address, one, or left out' }],
    });
  });

  it('says of a stale version what is stored', async () => {
    const draft = aDraft();
    await programs.create(draft, aCall());
    await expect(
      programs.replace(draft.programId, { ...draft, title: 'New' }, at(7, 9), aCall()),
    ).rejects.toMatchObject({
      code: 'version-conflict',
      current: 1,
      message: `program ${draft.programId} is at version 1, but version 7 or 9 was expected`,
    });
  });

  it('announces nothing when nothing changes', async () => {
    const draft = aDraft();
    await programs.create(draft, aCall());
    await programs.replace(draft.programId, draft, ANY, aCall());
    expect(published).toHaveLength(1);
  });
});

describe('patch', () => {
  it('merges into what is stored, and null takes a field back to its default', async () => {
    const draft = aDraft({ metadata: { a: 1, b: { c: 2, d: 3 } } });
    await programs.create(draft, aCall());
    const patch = { metadata: { a: null, b: { c: 9 } }, releaseDate: null };
    const program = await programs.patch(draft.programId, patch, at(1), aCall());
    expect(program).toMatchObject({
      version: 2,
      metadata: { b: { c: 9, d: 3 } },
      releaseDate: null,
      title: draft.title,
    });
  });

  it('refuses to take a required field away', async () => {
    const draft = aDraft();
    await programs.create(draft, aCall());
    await expect(programs.patch(draft.programId, { title: null }, ANY, aCall())).rejects.toMatchObject({
      faults: [{ path: '/title', message: 'is required' }],
    });
  });

  it('applies to what is there now when others write in between', async () => {
    const draft = aDraft();
    await programs.create(draft, aCall());
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        programs.patch(draft.programId, { metadata: { [`k${index}`]: index } }, ANY, aCall()),
      ),
    );
    const { metadata, version } = await programs.get(draft.programId, aCall());
    expect(Object.keys(metadata)).toEqual(
      expect.arrayContaining(Array.from({ length: 8 }, (_, index) => `k${index}`)),
    );
    expect(version).toBe(9);
  });

  it("never writes over a version that the caller's own condition excludes", async () => {
    const draft = aDraft();
    const stored = await programs.create(draft, aCall());
    const racing = createWith({
      get: async () => stored,
      put: async () => ({ outcome: 'conflict', current: { ...stored, version: 2 } }),
    });
    await expect(racing.patch(draft.programId, { title: 'New' }, at(1), aCall())).rejects.toMatchObject({
      current: 2,
    });
  });

  it('gives up when the program keeps changing', async () => {
    const draft = aDraft();
    const stored = await programs.create(draft, aCall());
    const racing = createWith({ put: async () => ({ outcome: 'conflict', current: stored }) });
    await expect(racing.patch(draft.programId, { title: 'New' }, ANY, aCall())).rejects.toThrow(
      'it kept changing',
    );
  });

  it('needs an object, and a program', async () => {
    await expect(programs.patch('none', {}, ANY, aCall())).rejects.toMatchObject({
      code: 'program-not-found',
    });
    const { programId } = await programs.create(aDraft(), aCall());
    await expect(programs.patch(programId, ['x'], ANY, aCall())).rejects.toMatchObject({
      code: 'validation-failed',
    });
  });
});

describe('remove', () => {
  it('removes once, under its condition', async () => {
    const draft = aDraft();
    await programs.create(draft, aCall());
    await expect(programs.remove(draft.programId, at(5), aCall())).rejects.toMatchObject({
      code: 'version-conflict',
    });
    await programs.remove(draft.programId, at(1), aCall());
    await expect(programs.get(draft.programId, aCall())).rejects.toMatchObject({ code: 'program-not-found' });
    await expect(programs.remove(draft.programId, ANY, aCall())).rejects.toMatchObject({
      code: 'program-not-found',
    });
  });
});

describe('getMany and exportAll', () => {
  it('keeps the order asked for and names what is missing', async () => {
    for (const programId of ['a', 'b', 'c']) await programs.create(aDraft({ programId }), aCall());
    const { items, missing } = await programs.getMany(['c', 'nope', 'a', 'c'], aCall());
    expect(items.map(({ programId }) => programId)).toEqual(['c', 'a']);
    expect(missing).toEqual(['nope']);
  });

  it('exports every program by id across pages, as import reads it', async () => {
    const ids = Array.from({ length: 1203 }, (_, index) => `p${String(index).padStart(5, '0')}`);
    await catalog.putMany(
      ids.map((programId) => aDraft({ programId })),
      new Date(0),
      aCall(),
    );
    const exported = await Array.fromAsync(programs.exportAll(aCall()));
    expect(exported.map(({ programId }) => programId)).toEqual(ids);
    expect(exported[0]).toEqual({ ...aDraft({ programId: 'p00000' }), viewCount: 0, popularityScore: 0 });
  });
});
