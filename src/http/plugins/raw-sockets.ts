import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Ids } from '../../ports/ids.ts';
import type { ProblemCode } from '../problem-kinds.ts';
import { problemKind } from '../problem-kinds.ts';
import { problemBody } from '../problems.ts';

const BY_NODE_CODE: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'the headers did not arrive in time'],
  HPE_HEADER_OVERFLOW: ['header-too-large', 'the request line and the headers are too large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['body-too-large', 'the chunk extensions are too large'],
};

/** Answers what Node could not read as a request: there is no request then, only a socket. */
export function clientErrorHandler(ids: Ids): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    if (socket.writable && !hasBegunAnswer(socket) && error.code !== 'ECONNRESET') {
      const [code, detail] = BY_NODE_CODE[error.code ?? ''] ?? [
        'malformed-request',
        'this is not an HTTP/1.1 request',
      ];
      socket.end(rawAnswer(code, detail, ids.next()));
    }
    // What still comes is not read: an `end` alone would wait for a peer that never closes.
    socket.destroySoon();
  };
}

/** An answer is on its way already, as when bytes that are no request follow one: a second one would garble it. */
function hasBegunAnswer(socket: Socket & { _httpMessage?: ServerResponse | null }): boolean {
  return socket._httpMessage?.headersSent === true;
}

function rawAnswer(code: ProblemCode, detail: string, requestId: string): string {
  const { status } = problemKind(code);
  const body = JSON.stringify(problemBody(code, { detail, url: '', requestId }));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    `x-request-id: ${requestId}`,
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Answers `Expect: anything but 100-continue`, which Node answers without a body. */
export function answerExpectations(server: Server, ids: Ids): void {
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const requestId = ids.next();
    const detail = 'Expect takes only 100-continue';
    const problem = problemBody('expectation-failed', { detail, url: request.url ?? '', requestId });
    const body = JSON.stringify(problem);
    response.writeHead(417, {
      'content-length': Buffer.byteLength(body),
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      'x-request-id': requestId,
      connection: 'close',
    });
    response.end(body);
  });
}
