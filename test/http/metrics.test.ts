import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../support/http.ts';
import { aServer } from '../support/http.ts';

let http: TestServer;
beforeAll(async () => {
  http = await aServer();
});
afterAll(() => http.dispose());

describe('GET /metrics', () => {
  it('has every call of a store that a request made', async () => {
    await http.ask('/v1/programs/not-there');
    const reply = await http.ask('/metrics');
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const labels = 'port="ProgramCatalog",operation="get",adapter="memory",outcome="ok"';
    expect(reply.body).toContain(`mediamesh_port_call_duration_seconds_count{${labels}} 1`);
    expect(reply.body).toContain('process_cpu_seconds_total');
  });

  it('never has an id or a value in it', async () => {
    await http.ask('/v1/programs/hunter2');
    expect((await http.ask('/metrics')).body).not.toContain('hunter2');
  });
});
