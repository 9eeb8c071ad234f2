import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aCall } from '../support/call.ts';
import type { TestServer } from '../support/http.ts';
import { aProgramInput, aServer } from '../support/http.ts';

const json = { 'content-type': 'application/json' };

let http: TestServer;
beforeAll(async () => {
  http = await aServer({ freshMs: 60_000 });
  const { phaseStore, phaseWatch, relays, searchRelay, hotLists, outbox } = http.cradle;
  await phaseWatch.start();
  await phaseStore.change('programs', 0, { phase: 'dual-write', readPercent: 0, ...BY }, aCall());
  await phaseWatch.round(aCall());
  for (const programId of ['copied', 'missing']) await write(programId);
  relays.start();
  searchRelay.start();
  await vi.waitFor(async () => {
    expect(await outbox.depth('programs', aCall())).toMatchObject({ pending: 0 });
    expect(await outbox.depth('documents', aCall())).toMatchObject({ pending: 0 });
  }, 10_000);
  await hotLists.round(aCall());
});
afterAll(() => http.dispose());

const BY = { changedBy: 'test', reason: '' };

async function write(programId: string): Promise<void> {
  const payload = aProgramInput(undefined);
  await http.ask({ method: 'PUT', url: `/v1/programs/${programId}`, headers: json, payload });
}

async function readCopies(): Promise<void> {
  const { phaseStore, phaseWatch } = http.cradle;
  const { epoch } = await phaseStore.read('programs', aCall());
  await phaseStore.change('programs', epoch, { phase: 'read-fallback', readPercent: 100, ...BY }, aCall());
  await phaseWatch.round(aCall());
}

async function sourceOf(url: string, payload?: object): Promise<unknown> {
  const { headers } = await http.ask(
    payload === undefined ? url : { method: 'POST', url, headers: json, payload },
  );
  // Where the time went is named alike.
  expect(String(headers['server-timing'])).toMatch(
    new RegExp(`^${String(headers['x-mediamesh-source'])};dur=`),
  );
  return headers['x-mediamesh-source'];
}

const batch = (...programIds: string[]) => sourceOf('/v1/programs/batch-get', { programIds });

describe('the source of an answer', () => {
  it('is the catalogue before reads are moved', async () => {
    expect(await batch('copied')).toBe('catalog');
    expect(await sourceOf('/v1/programs/copied')).toBe('catalog');
    expect(await sourceOf('/v1/programs/copied')).toBe('l1');
  });

  it('is the hot store for what was copied, memory for what was just answered, and else the catalogue', async () => {
    await readCopies();
    expect(await batch('copied')).toBe('hot');
    expect(await sourceOf('/v1/discovery/popular?limit=1')).toBe('hot');
    expect(await sourceOf('/v1/discovery/popular?limit=1')).toBe('l1');
    expect(await sourceOf('/v1/programs/missing')).toBe('hot');
    expect(await sourceOf('/v1/discovery/categories')).toBe('catalog');
    expect(await sourceOf('/v1/programs?limit=1')).toBe('catalog');
    expect(await sourceOf('/v1/search?q=third')).toBe('catalog');
  });

  it('of a later page of a popular list is that of the first', async () => {
    const first = await http.ask('/v1/discovery/popular?limit=1&language=en');
    expect(first.headers['x-mediamesh-source']).toBe('catalog');
    const { json: page } = await http.ask('/v1/discovery/popular?limit=1');
    expect(await sourceOf(`/v1/discovery/popular?limit=1&cursor=${String(page.nextCursor)}`)).toBe('hot');
  });

  it('is the catalogue when one of many copies is missing', async () => {
    expect(await batch('copied', 'no-such-program')).toBe('catalog');
  });
});
