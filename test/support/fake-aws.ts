import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach } from 'vitest';

export interface FakeAws {
  readonly endpoint: string;
  /** What was asked so far. */
  readonly requests: readonly IncomingMessage[];
}

type Answer = (response: ServerResponse, request: IncomingMessage, body: string) => void;

/** Starts servers that answer as a test says, in place of AWS's; they are gone after the test. */
export function useFakeAws(): (answer: Answer) => Promise<FakeAws> {
  const ends: (() => void)[] = [];
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });
  return async (answer) => {
    const requests: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      requests.push(request);
      void text(request).then((body) => answer(response, request, body));
    }).listen(0, '127.0.0.1');
    ends.push(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, 'listening');
    return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
  };
}

/** Answers as DynamoDB does. */
export function answerJson(body: object, status = 200): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
  };
}

/** Answers with an error of that name. */
export function answerError(name: string, status: number, more: object = {}): Answer {
  return answerJson(
    { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: `${name} it is`, ...more },
    status,
  );
}

/** Takes the request and never answers. */
export const neverAnswer: Answer = () => undefined;
