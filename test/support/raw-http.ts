import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { expect } from 'vitest';
import type { Answered } from './openapi.ts';

export interface RawAnswer extends Answered {
  /** Milliseconds from connecting to the end. */
  readonly tookMs: number;
}

export interface RawExchange {
  readonly socket: Socket;
  /** Resolves when the peer closes the connection, with the first answer that it sent. */
  readonly closed: Promise<RawAnswer>;
}

/** Sends bytes over a socket of its own, as a client that speaks no HTTP library's dialect. */
export function rawExchange(port: number, text: string | Buffer): RawExchange {
  const begun = performance.now();
  const socket = connect({ host: '127.0.0.1', port });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined); // a reset is an end like any other: `close` follows
  socket.write(text);
  const closed = new Promise<RawAnswer>((resolve) => {
    socket.once('close', () => {
      resolve({ ...parseAnswer(Buffer.concat(chunks).toString('utf8')), tookMs: performance.now() - begun });
    });
  });
  return { socket, closed };
}

/** The first answer in what a server sent; status 0 when there is none. */
function parseAnswer(text: string): Answered {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, Math.max(end, 0)).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const length = Number(headers['content-length'] ?? Number.NaN);
  const rest = text.slice(end + 4);
  const body = Number.isNaN(length) ? rest : Buffer.from(rest).subarray(0, length).toString('utf8');
  return { status: Number(statusLine.split(' ')[1] ?? 0), headers, body };
}

/** Expects a raw answer to be a problem of this kind. */
export function expectProblem(answer: Answered, status: number, code: string): void {
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  const requestId = answer.headers['x-request-id'];
  expect(JSON.parse(answer.body)).toMatchObject({ status, code, requestId });
}
