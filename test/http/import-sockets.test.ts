import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anId } from '../support/builders.ts';
import type { TestServer } from '../support/http.ts';
import { aProgramInput, aServer } from '../support/http.ts';
import { expectProblem, rawExchange } from '../support/raw-http.ts';

let http: TestServer;
let port: number;
beforeAll(async () => {
  http = await aServer({ headersTimeoutMs: 400, bodyTimeoutMs: 400, importIdleMs: 400, importBatchLines: 2 });
  port = await http.listen();
});
afterAll(() => http.dispose());

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe('an import over a socket', () => {
  const head =
    'POST /v1/programs/import HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n';
  const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
  const line = () => `${JSON.stringify(aProgramInput(anId()))}\n`;

  it('may last longer than any time-out, as long as it does not pause', async () => {
    const { socket, closed } = rawExchange(port, head.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'));
    for (let index = 0; index < 24; index += 1) {
      socket.write(chunk(line()));
      await sleep(50);
    }
    socket.write('0\r\n\r\n');
    const answer = await closed;
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ accepted: 24, created: 24 });
    expect(answer.tookMs).toBeGreaterThan(1000);
  });

  it('that pauses too long gets a 408 problem that says what went in', async () => {
    const { closed } = rawExchange(port, head + chunk(line() + line() + line()));
    const answer = await closed;
    expectProblem(answer, 408, 'request-timeout');
    expect((JSON.parse(answer.body) as { detail: string }).detail).toContain('2 lines went in');
  });

  it('keeps what went in when its client goes away, and lets the client begin again', async () => {
    const programId = anId();
    const input = `${JSON.stringify(aProgramInput(programId))}\n`;
    const { socket } = rawExchange(port, head + chunk(input + line() + line()));
    await sleep(100);
    socket.destroy();
    await sleep(50);
    expect((await http.ask(`/v1/programs/${programId}`)).status).toBe(200);
    const again = await http.ask({
      method: 'POST',
      url: '/v1/programs/import',
      headers: { 'content-type': 'application/x-ndjson' },
      payload: input,
    });
    expect(again.json).toMatchObject({ unchanged: 1 });
  });
});
