import { describe, expect, it } from 'vitest';
import { clientOf, inRanges } from '../../../src/http/rate-limit/client-address.ts';

describe('a client', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['fe80::2%eth1', 'fe80::/64'],
    ['::1', '::/64'],
    ['not an address', 'not an address'],
  ])('at %s is %s', (address, client) => {
    expect(clientOf(address)).toBe(client);
  });

  it('may be a larger network', () => {
    expect(clientOf('2001:db8:1:2ff::1', 56)).toBe('2001:db8:1:200::/56');
  });
});

describe('ranges', () => {
  const isInside = inRanges(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1']);

  it.each(['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', '2001:db8:ffff::1', '::1'])('have %s', (address) => {
    expect(isInside(address)).toBe(true);
  });

  it.each(['11.0.0.0', '192.0.2.8', '2001:db9::1', '::2', 'nonsense', ''])('do not have %j', (address) => {
    expect(isInside(address)).toBe(false);
  });

  it.each(['2001:db8::/129', '10.0.0.0/33', 'here', ''])('can not be %j', (text) => {
    expect(() => inRanges([text])).toThrow('is no address and no CIDR');
  });
});
