import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../support/http.ts';
import { aServer } from '../../support/http.ts';
import type { Call, Document } from './requests.ts';
import { callsOf } from './requests.ts';

/** At least so many requests in a run, spread evenly over the calls; replay one with FUZZ_SEED. */
const REQUESTS = 10_000;
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

let server: TestServer;
let calls: readonly Call[];
let sent = 0;

beforeAll(async () => {
  server = await aServer();
  calls = callsOf(server.server.swagger() as unknown as Document);
  console.log(`fuzzing ${calls.length} calls with at least ${REQUESTS} requests, seed ${seed}`);
});

afterAll(async () => {
  expect(sent).toBeGreaterThanOrEqual(REQUESTS);
  await server.dispose();
});

/** Sends a request; `ask` holds the answer against the document, problems and headers included. */
async function send(request: InjectOptions): Promise<number> {
  sent += 1;
  const { status } = await server.ask(request);
  expect(status, `${request.method} ${String(request.url)}`).toBeLessThan(500);
  return status;
}

async function fuzz(
  kind: 'right' | 'hostile',
  check: (call: Call, statuses: readonly number[]) => void,
): Promise<void> {
  const runs = Math.ceil(REQUESTS / calls.length / 2);
  for (const call of calls) {
    const statuses: number[] = [];
    await fc.assert(
      fc.asyncProperty(call[kind], async (request) => {
        statuses.push(await send(request));
      }),
      { numRuns: runs, seed },
    );
    check(call, statuses);
  }
}

describe('the OpenAPI document as a hostile client reads it', () => {
  it('answers every allowed request as the document says, and never refuses its form', async () => {
    await fuzz('right', (call, statuses) => {
      const refused = statuses.filter((status) => status === 400 || status === 415).length;
      // Cursors, preconditions and some texts can not be made from their schemas alone.
      expect(refused, `${call.operationId} refused ${refused} of ${statuses.length}`).toBeLessThan(
        statuses.length,
      );
    });
  }, 300_000);

  it('answers every hostile request with a declared status and never with a 500', async () => {
    await fuzz('hostile', () => undefined);
  }, 300_000);

  it('leaves nothing half written behind: what was fuzzed can be exported and imported again unchanged', async () => {
    const exported = await server.ask({ url: '/v1/programs/export' });
    const again = await server.ask<{ rejected: number; unchanged: number; accepted: number }>({
      method: 'POST',
      url: '/v1/programs/import',
      headers: { 'content-type': 'application/x-ndjson' },
      payload: exported.body,
    });
    expect(again.json).toMatchObject({ rejected: 0, accepted: again.json.unchanged });
    sent += 2;
  });
});
