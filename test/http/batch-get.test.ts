import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anId } from '../support/builders.ts';
import type { TestServer } from '../support/http.ts';
import { aProgramInput, aServer } from '../support/http.ts';

let http: TestServer;
beforeAll(async () => {
  http = await aServer();
});
afterAll(() => http.dispose());

const put = (programId: string) =>
  http.ask({ method: 'PUT', url: `/v1/programs/${programId}`, payload: aProgramInput(undefined) });

describe('POST /v1/programs/batch-get', () => {
  it('answers in the order asked, repeats once, and lists what is missing', async () => {
    const [a, b, missing] = [anId(), anId(), anId()];
    await put(a);
    await put(b);
    const payload = { programIds: [b, missing, a, b] };
    const reply = await http.ask<{ items: { programId: string }[]; missing: string[] }>({
      method: 'POST',
      url: '/v1/programs/batch-get',
      payload,
    });
    expect(reply.json.items.map(({ programId }) => programId)).toEqual([b, a]);
    expect(reply.json.missing).toEqual([missing]);
  });

  it.each([
    [{}, '/programIds', 'is required'],
    [{ programIds: [] }, '/programIds', 'at least 1'],
    [{ programIds: Array.from({ length: 101 }, () => 'a') }, '/programIds', 'at most 100'],
    [{ programIds: ['a/b'] }, '/programIds/0', 'must match'],
    [{ programIds: [7] }, '/programIds/0', 'of type string'],
    [{ programIds: ['a'], more: 1 }, '/more', 'is not a field here; known: programIds'],
    [[], '', 'of type object'],
  ])('refuses %o', async (payload, path, message) => {
    const reply = await http.ask<{ errors: unknown[] }>({
      method: 'POST',
      url: '/v1/programs/batch-get',
      payload,
    });
    expect(reply.status).toBe(400);
    expect(reply.json.errors).toEqual([{ path, in: 'body', message: expect.stringContaining(message) }]);
  });
});
