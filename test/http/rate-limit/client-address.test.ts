import { describe, expect, it } from 'vitest';
import { clientOf, inRanges, isProxy } from '../../../src/http/rate-limit/client-address.ts';

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
    ['203.0.113.7:50001', '203.0.113.7'],
    ['[2001:db8:1:2::1]:443', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::1]', '2001:db8:1:2::/64'],
    ['[::ffff:192.0.2.7]:443', '192.0.2.7'],
    ['64:ff9b::cb00:7107', '203.0.113.7'],
    ['64:ff9b::192.0.2.7', '192.0.2.7'],
    ['64:ff9b:1::192.0.2.7', '64:ff9b:1::/64'],
    ['not an address', 'unknown'],
    ['_hidden:50001', 'unknown'],
    ['50001', 'unknown'],
    ['127.1:50001', 'unknown'],
    ['[2001:db8::1]:port', 'unknown'],
    ['', 'unknown'],
  ])('at %s is %s', (address, client) => {
    expect(clientOf(address)).toBe(client);
  });

  it('may be a larger network', () => {
    expect(clientOf('2001:db8:1:2ff::1', 56)).toBe('2001:db8:1:200::/56');
  });
});

describe('a proxy', () => {
  const isTrusted = isProxy(['10.0.0.0/8', '::1']);

  it.each(['10.0.0.1', '10.0.0.2:8443', '::ffff:10.0.0.1', '[::1]:443'])('is at %s', (address) => {
    expect(isTrusted(address)).toBe(true);
  });

  it.each(['11.0.0.1', 'unix:', undefined])('is not at %s', (address) => {
    expect(isTrusted(address)).toBe(false);
  });

  it.each(['0.0.0.0/0', '::/0', '::ffff:0.0.0.0/96'])('is not everybody (%s)', (range) => {
    expect(() => isProxy(['10.0.0.1', range])).toThrow('all addresses');
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

  it('take an address with a port, and one that a NAT64 translated', () => {
    for (const address of ['10.1.2.3:50001', '[2001:db8::1]:443', '64:ff9b::10.1.2.3'])
      expect(isInside(address)).toBe(true);
    for (const address of ['11.1.2.3:50001', '[2001:db9::1]:443', '64:ff9b::11.1.2.3'])
      expect(isInside(address)).toBe(false);
  });

  it('of mapped addresses are those of IPv4', () => {
    const isMapped = inRanges(['::ffff:10.0.0.0/104', '::ffff:192.0.2.7']);
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7']) expect(isMapped(address)).toBe(true);
    for (const address of ['11.0.0.1', '192.0.2.8', '::a00:1']) expect(isMapped(address)).toBe(false);
  });

  it('of a NAT64 have what comes through it alone', () => {
    const isTranslated = inRanges(['64:ff9b::/96']);
    expect(['64:ff9b::192.0.2.7', '192.0.2.7'].map(isTranslated)).toEqual([true, false]);
  });

  it.each(['2001:db8::/129', '10.0.0.0/33', 'here', ''])('can not be %j', (text) => {
    expect(() => inRanges([text])).toThrow('is no address and no CIDR');
  });
});
