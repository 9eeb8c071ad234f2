import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpService } from '../../src/cli/http-service.ts';
import { createHttpTarget } from '../../src/cli/import/http-target.ts';
import { aCall } from '../support/call.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serverOf(
  answer: (body: string, response: ServerResponse, request: IncomingMessage) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    void text(request).then((body) => answer(body, response, request));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answers = (status: number, body: unknown) => async () =>
  createHttpTarget(
    createHttpService(
      await serverOf((_, response) =>
        response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body)),
      ),
    ),
  );

const LINES = [{ line: 7, text: '{}' }];

describe('the HTTP target', () => {
  it('sends a batch as NDJSON and gives the errors the line numbers of the file', async () => {
    const seen: { body: string; url: string | undefined; type: string | undefined }[] = [];
    const url = await serverOf((body, response, request) => {
      seen.push({ body, url: request.url, type: request.headers['content-type'] });
      response.end(
        JSON.stringify({ created: 1, updated: 2, unchanged: 3, errors: [{ line: 2, message: 'b' }] }),
      );
    });
    const target = createHttpTarget(createHttpService(`${url}/base`));
    const outcome = await target.importBatch(
      [
        { line: 11, text: '{"a":1}' },
        { line: 12, error: 'must be valid UTF-8' },
        { line: 13, text: '{"b":"ü"}' },
      ],
      aCall(),
    );
    expect(seen).toEqual([
      { body: '{"a":1}\n{"b":"ü"}\n', url: '/base/v1/programs/import', type: 'application/x-ndjson' },
    ]);
    expect(outcome).toEqual({
      created: 1,
      updated: 2,
      unchanged: 3,
      rejected: [
        { line: 12, message: 'must be valid UTF-8' },
        { line: 13, message: 'b' },
      ],
    });
  });

  it('asks nobody about lines that can not be read', async () => {
    const target = createHttpTarget(createHttpService('http://127.0.0.1:1'));
    expect(await target.importBatch([{ line: 1, error: 'x' }], aCall())).toEqual({
      created: 0,
      updated: 0,
      unchanged: 0,
      rejected: [{ line: 1, message: 'x' }],
    });
  });

  it('says where nothing answers', async () => {
    const url = await serverOf(() => undefined);
    await new Promise((closed) => servers.pop()?.close(closed));
    await expect(createHttpTarget(createHttpService(url)).importBatch(LINES, aCall())).rejects.toMatchObject({
      exitCode: 4,
      message: `the service at ${url} can not be reached: ${url.slice(7)}: nothing answers there (connection refused)`,
    });
    const blocked = createHttpTarget(createHttpService('http://127.0.0.1:1'));
    await expect(blocked.importBatch(LINES, aCall())).rejects.toMatchObject({ exitCode: 4 });
  });

  it('says what a problem says: 503 is a service that can not be used, anything else an error', async () => {
    const problem = (status: number) => answers(status, { title: 'T', detail: 'the store is away' })();
    await expect((await problem(503)).importBatch(LINES, aCall())).rejects.toMatchObject({ exitCode: 4 });
    await expect((await problem(415)).importBatch(LINES, aCall())).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/answers 415: the store is away$/),
    });
    const html = await answers(404, '<h1>nothing here</h1>')();
    await expect(html.importBatch(LINES, aCall())).rejects.toThrow(/answers 404: <h1>nothing here/);
  });

  it('says when something else than MediaMesh answers', async () => {
    const other = await answers(200, { hello: 'world' })();
    await expect(other.importBatch(LINES, aCall())).rejects.toThrow(/does not answer as MediaMesh does/);
  });

  it('says when the connection breaks off in the middle', async () => {
    const url = await serverOf((_, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{');
      response.socket?.end();
    });
    await expect(createHttpTarget(createHttpService(url)).importBatch(LINES, aCall())).rejects.toMatchObject({
      exitCode: 4,
    });
  });

  it.each(['nonsense', 'ftp://host', ''])('refuses %j as an address', (address) => {
    expect(() => createHttpService(address)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});
