import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config.ts';

function messageOf(env: Record<string, string>): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the configuration was taken');
}

describe('the configuration of rate limits', () => {
  it('limits every client by default, and all of it can be switched', () => {
    expect(loadConfig({}).rateLimits).toMatchObject({
      fields: 'draft-11',
      byApiKey: false,
      ipv6PrefixBits: 64,
      exemptAddresses: [],
      exemptKeys: [],
      onStoreError: 'local',
      timeoutMs: 50,
      instances: undefined,
      blockCache: true,
      coalescing: true,
      leases: true,
    });
    expect(loadConfig({}).rateLimits.policies.map(({ name, limit }) => [name, limit])).toEqual([
      ['burst', 1000],
    ]);
    const off = { RATE_LIMIT_BLOCK_CACHE: 'off', RATE_LIMIT_COALESCING: 'off', RATE_LIMIT_LEASES: 'off' };
    expect(loadConfig(off).rateLimits).toMatchObject({ blockCache: false, coalescing: false, leases: false });
  });

  it('says what is wrong with a policy', () => {
    expect(messageOf({ RATE_LIMIT_POLICIES: 'burst=10/s,hourly=1000' })).toContain(
      'RATE_LIMIT_POLICIES: "hourly=1000": needs a limit and a window',
    );
    expect(messageOf({ RATE_LIMIT_POLICIES: 'a=10/s,b=20/s' })).toContain('counts the same as a');
  });

  it('has no policies when they are off, and only shadows in shadow mode', () => {
    const RATE_LIMIT_POLICIES = 'a=10/s,b=100/h:shadow';
    expect(loadConfig({ RATE_LIMIT_POLICIES, RATE_LIMIT_MODE: 'off' }).rateLimits.policies).toEqual([]);
    const shadowsOf = (env: object) =>
      loadConfig({ RATE_LIMIT_POLICIES, ...env }).rateLimits.policies.map(({ isShadow }) => isShadow);
    expect(shadowsOf({})).toEqual([false, true]);
    expect(shadowsOf({ RATE_LIMIT_MODE: 'shadow' })).toEqual([true, true]);
  });

  it('takes addresses and CIDRs of both kinds, and refuses what is none', () => {
    const { http, rateLimits } = loadConfig({
      TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      RATE_LIMIT_EXEMPT: '192.0.2.7,2001:db8::/32,::ffff:10.0.0.0/104',
    });
    expect(http.trustedProxies).toEqual(['10.0.0.0/8', '::1']);
    expect(rateLimits.exemptAddresses).toEqual(['192.0.2.7', '2001:db8::/32', '::ffff:10.0.0.0/104']);
    for (const wrong of ['1', 'proxy.internal', '10.0.0.0/33', '10.0.0.1,', '*'])
      expect(messageOf({ TRUSTED_PROXIES: wrong })).toContain('TRUSTED_PROXIES: is not right');
  });

  it('warns of keys that nobody checks', () => {
    const RATE_LIMIT_IDENTITY = 'api-key';
    expect(loadConfig({ RATE_LIMIT_IDENTITY }).warnings).toEqual([expect.stringContaining('nobody checks')]);
    expect(loadConfig({ RATE_LIMIT_IDENTITY, AUTH: 'proxy' }).warnings).toEqual([]);
    const behind = { AUTH: 'proxy' };
    expect(loadConfig(behind).warnings).toEqual([expect.stringContaining('all clients behind the proxy')]);
    expect(loadConfig({ ...behind, RATE_LIMIT_MODE: 'off' }).warnings).toEqual([]);
    expect(loadConfig({ ...behind, TRUSTED_PROXIES: '10.0.0.0/8' }).warnings).toEqual([]);
    expect(loadConfig({ RATE_LIMIT_POLICY: 'a=1/s' }).warnings).toEqual([
      'RATE_LIMIT_POLICY is not a variable of MediaMesh; did you mean RATE_LIMIT_POLICIES?',
    ]);
  });

  it('warns of exempt keys that nobody looks at', () => {
    const given = { RATE_LIMIT_EXEMPT_KEYS: 'probe' };
    const ignored =
      'RATE_LIMIT_EXEMPT_KEYS with RATE_LIMIT_IDENTITY=address: no key is looked at, so none is exempt';
    expect(loadConfig(given).warnings).toEqual([ignored]);
    expect(loadConfig({ ...given, AUTH: 'proxy' }).warnings).toEqual([
      expect.stringContaining('all clients behind the proxy'),
      ignored,
    ]);
    expect(loadConfig({ ...given, RATE_LIMIT_MODE: 'off' }).warnings).toEqual([]);
    const byKey = { ...given, RATE_LIMIT_IDENTITY: 'api-key', AUTH: 'proxy' };
    expect(loadConfig(byKey).warnings).toEqual([]);
  });

  it('takes an IPv6 prefix from /48 to /64', () => {
    for (const bits of [48, 56, 57, 64])
      expect(loadConfig({ RATE_LIMIT_IPV6_PREFIX: String(bits) }).rateLimits.ipv6PrefixBits).toBe(bits);
    for (const wrong of ['47', '65', '/56', '56.5'])
      expect(messageOf({ RATE_LIMIT_IPV6_PREFIX: wrong })).toContain('a whole number from 48 to 64');
  });

  it('never shows an exempt key', () => {
    expect(messageOf({ RATE_LIMIT_EXEMPT_KEYS: 'hunter 2' })).not.toContain('hunter');
    expect(loadConfig({ RATE_LIMIT_EXEMPT_KEYS: 'one,two' }).rateLimits.exemptKeys).toEqual(['one', 'two']);
  });
});
