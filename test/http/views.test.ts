import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anId } from '../support/builders.ts';
import type { TestServer } from '../support/http.ts';
import { aProgramInput, aServer, codeOf } from '../support/http.ts';

interface Recent {
  readonly items: readonly {
    readonly programId: string;
    readonly viewedAt: string;
    readonly positionSeconds: number | null;
  }[];
  readonly nextCursor: string | null;
}

let http: TestServer;
const programs: string[] = [];
beforeAll(async () => {
  http = await aServer();
  for (let index = 0; index < 5; index += 1) {
    const programId = anId();
    programs.push(programId);
    await http.ask({ method: 'POST', url: '/v1/programs', payload: aProgramInput(programId) });
  }
});
afterAll(() => http.dispose());

const view = (payload: object, programId = programs[0]) =>
  http.ask({ method: 'POST', url: `/v1/programs/${programId}/views`, payload });
const batch = (views: readonly unknown[]) =>
  http.ask<{ accepted: number; duplicates: number; rejected: { index: number; message: string }[] }>({
    method: 'POST',
    url: '/v1/views/batch',
    payload: { views },
  });
const recent = (userId: string, query = '') =>
  http.ask<Recent>(`/v1/users/${encodeURIComponent(userId)}/recently-viewed${query}`);

describe('POST /v1/programs/{programId}/views', () => {
  it('counts a view, and a repeat of its event once', async () => {
    const eventId = anId('event');
    expect(await view({ eventId })).toMatchObject({ status: 202, json: { outcome: 'counted' } });
    expect(await view({ eventId })).toMatchObject({ status: 202, json: { outcome: 'duplicate' } });
  });

  it('is 404 for a program that is not there', async () => {
    expect(codeOf(await view({}, anId()))).toBe('program-not-found');
  });

  it.each([
    [{ positionSeconds: -1 }, '/positionSeconds'],
    [{ positionSeconds: '5' }, '/positionSeconds'],
    [{ durationSeconds: 1e308 }, '/durationSeconds'],
    [{ userId: '' }, '/userId'],
    [{ userId: 'x'.repeat(129) }, '/userId'],
    [{ userId: 'a\tb' }, '/userId'],
    [{ userId: 'a\u0000' }, '/userId'],
    [{ eventId: 7 }, '/eventId'],
    [{ occurredAt: 'yesterday' }, '/occurredAt'],
    [{ occurredAt: '2999-01-01T00:00:00Z' }, '/occurredAt'],
    [{ occurredAt: '1999-01-01T00:00:00Z' }, '/occurredAt'],
    [{ occurredAt: 1_700_000_000 }, '/occurredAt'],
    [{ programId: 'other' }, '/programId'],
    [{ watched: true }, '/watched'],
  ])('refuses %o', async (payload, path) => {
    const reply = await view(payload);
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ path }] } });
  });
});

describe('POST /v1/views/batch', () => {
  it('counts what is right and says what is wrong with the rest, by its place in the batch', async () => {
    const eventId = anId('event');
    const programId = programs[0];
    const reply = await batch([
      { programId, eventId },
      { programId: 'nobody-has-this-id' },
      'text',
      { programId, eventId },
      { programId, positionSeconds: '5' },
      { programId, extra: 1 },
      null,
      { programId, occurredAt: '1990-01-01T00:00:00Z' },
      { programId },
      {},
    ]);
    expect(reply).toMatchObject({ status: 202, json: { accepted: 2, duplicates: 1 } });
    expect(reply.json.rejected.map(({ index }) => index)).toEqual([1, 2, 4, 5, 6, 7, 9]);
    expect(reply.json.rejected[2]?.message).toBe('/positionSeconds: must be of type number');
    expect(reply.json.rejected[3]?.message).toContain('/extra: is not a field here');
  });

  it('takes 1 to 1,000 views', async () => {
    const views = (count: number) => Array.from({ length: count }, () => ({ programId: programs[0] }));
    expect((await batch(views(1000))).json.accepted).toBe(1000);
    expect((await batch(views(1001))).json).toMatchObject({ detail: '/views must have at most 1000 items' });
    expect((await batch([])).status).toBe(400);
  });
});

describe('recently viewed', () => {
  it('shows each program once, as of its last view, newest first, in pages', async () => {
    const userId = anId('user/with a slash');
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();
    const seen = programs.map((programId, index) => ({ programId, userId, occurredAt: at(index) }));
    await batch([...seen, { programId: programs[0], userId, occurredAt: at(30), positionSeconds: 90 }]);
    const expected = [programs[0], programs[4], programs[3], programs[2], programs[1]];
    const whole = (await recent(userId)).json;
    expect(whole.items.map(({ programId }) => programId)).toEqual(expected);
    expect(whole.items[0]).toMatchObject({ viewedAt: at(30), positionSeconds: 90 });
    const pages: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Recent = (await recent(userId, `?limit=2${cursor && `&cursor=${cursor}`}`)).json;
      pages.push(...page.items.map(({ programId }) => programId));
      cursor = page.nextCursor;
    }
    expect(pages).toEqual(expected);
  });

  it('is for nobody to keep', async () => {
    expect((await recent('u')).headers['cache-control']).toBe('no-store');
  });

  it('refuses the cursor of another viewer', async () => {
    const userId = anId('user');
    await batch(programs.map((programId) => ({ programId, userId })));
    const { nextCursor } = (await recent(userId, '?limit=1')).json;
    const reply = await http.ask(`/v1/users/other/recently-viewed?cursor=${nextCursor}`);
    expect(codeOf(reply)).toBe('invalid-cursor');
  });

  it('forgets one program, or all of them, again and again', async () => {
    const userId = anId('user');
    await batch(programs.map((programId) => ({ programId, userId })));
    const url = `/v1/users/${userId}/recently-viewed`;
    for (let round = 0; round < 2; round += 1) {
      expect((await http.ask({ method: 'DELETE', url: `${url}/${programs[0]}` })).status).toBe(204);
    }
    expect((await recent(userId)).json.items).toHaveLength(4);
    for (let round = 0; round < 2; round += 1) {
      expect((await http.ask({ method: 'DELETE', url })).status).toBe(204);
    }
    expect((await recent(userId)).json.items).toEqual([]);
  });

  it('refuses a viewer id that is too long or has control characters', async () => {
    for (const id of ['x'.repeat(129), '%00', '%0A', 'a%C2%80']) {
      const reply = await http.ask(`/v1/users/${id}/recently-viewed`);
      expect(reply).toMatchObject({ status: 400, json: { errors: [{ path: '/userId', in: 'path' }] } });
    }
  });
});
