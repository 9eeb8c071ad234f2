import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestServer } from '../../support/http.ts';
import type { Call, Document } from './requests.ts';
import { callsOf } from './requests.ts';

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

/** At least `requests` requests, spread evenly over the calls of the document; `FUZZ_SEED` replays a run. */
export function fuzzTheDocument(start: () => Promise<TestServer>, requests: number): void {
  let server: TestServer;
  let calls: readonly Call[];
  let sent = 0;

  beforeAll(async () => {
    server = await start();
    calls = callsOf(server.server.swagger() as unknown as Document);
    console.log(`fuzzing ${calls.length} calls with at least ${requests} requests, seed ${seed}`);
  });

  afterAll(async () => {
    await server.dispose();
    expect(sent).toBeGreaterThanOrEqual(requests);
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
    const runs = Math.ceil(requests / calls.length / 2);
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

  it('answers every allowed request as the document says, and never refuses its form', async () => {
    await fuzz('right', (call, statuses) => {
      const refused = statuses.filter((status) => status === 400 || status === 415).length;
      // Some rules no schema can say (days that exist, filters that are asked for together): most requests must be taken.
      expect(refused, `${call.operationId} refused ${refused} of ${statuses.length}`).toBeLessThan(
        statuses.length / 2,
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
}
