import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { createIdentity } from '../../../src/http/rate-limit/identity.ts';

const from = (ip: string | undefined, authorization?: string) =>
  ({ ip, headers: { authorization } }) as FastifyRequest;

describe('whom a request counts for', () => {
  it('never has the API key in clear', () => {
    const identify = createIdentity({ byApiKey: true });
    for (const key of ['hunter2', 'k'.repeat(1000)]) {
      for (const authorization of [`Bearer ${key}`, `bearer  ${key}`, `Basic ${key}`, key]) {
        const subject = identify(from('192.0.2.1', authorization));
        expect(subject).not.toContain(key);
        expect(subject).not.toContain(Buffer.from(key).toString('base64url'));
      }
    }
    expect(identify(from('192.0.2.1', 'Bearer hunter2'))).toMatch(/^key:[\w-]{43}$/);
  });

  it('is the same client with each port', () => {
    const identify = createIdentity();
    const clients = ['203.0.113.7:50001', '203.0.113.7:50002', '203.0.113.7'].map((ip) => identify(from(ip)));
    expect(new Set(clients)).toEqual(new Set(['address:203.0.113.7']));
  });

  it('is one client for all whose address can not be read, and not an exempt one', () => {
    const identify = createIdentity({ exemptAddresses: ['0.0.0.0/0', '::/0'] });
    for (const ip of ['', 'unknown', '_hidden', '10.0.0.1, ', undefined])
      expect(identify(from(ip))).toBe('address:unknown');
  });

  it('is nobody for an exempt address with a port, in a range of mapped addresses too', () => {
    const identify = createIdentity({ exemptAddresses: ['::ffff:10.0.0.0/104', '2001:db8::1'] });
    for (const ip of ['10.1.2.3', '10.1.2.3:50001', '::ffff:10.1.2.3', '[2001:db8::1]:443'])
      expect(identify(from(ip))).toBeUndefined();
    expect(identify(from('11.1.2.3:50001'))).toBe('address:11.1.2.3');
  });

  it('may be a larger network', () => {
    const identify = createIdentity({ ipv6PrefixBits: 56 });
    expect(identify(from('2001:db8:1:2ff::1'))).toBe('address:2001:db8:1:200::/56');
  });
});
