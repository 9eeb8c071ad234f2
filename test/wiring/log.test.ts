import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';

function logged(error: unknown): string {
  const stream = new PassThrough({ encoding: 'utf8' });
  createLog('info', stream).error({ err: error }, 'it failed');
  return String(stream.read());
}

describe('createLog', () => {
  it('writes what an error says, causes included, and nothing that hangs on it', () => {
    const cause = Object.assign(new Error('connection refused'), {
      code: 'ECONNREFUSED',
      password: 'hunter2',
    });
    const error = Object.assign(new Error('no answer', { cause }), { client: { secretKey: 'hunter2' } });
    const line = logged(error);
    expect(JSON.parse(line)).toMatchObject({
      err: { message: 'no answer', cause: { message: 'connection refused', code: 'ECONNREFUSED' } },
    });
    expect(line).not.toContain('hunter2');
  });

  it('redacts credentials of requests', () => {
    const stream = new PassThrough({ encoding: 'utf8' });
    createLog('info', stream).info({
      req: { headers: { authorization: 'Bearer hunter2', cookie: 'hunter2' } },
    });
    expect(String(stream.read())).not.toContain('hunter2');
  });
});
