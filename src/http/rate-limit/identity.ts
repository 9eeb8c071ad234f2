import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { clientOf, inRanges } from './client-address.ts';
import { remembered } from './remembered.ts';

/** Whom a request counts for, such as `address:192.0.2.7`; `undefined`: for nobody, it is exempt. */
export type Identify = (request: FastifyRequest) => string | undefined;

export interface IdentityOptions {
  /**
   * Whether a request with an API key (`Authorization: Bearer ...`) counts for the key, wherever it comes from. Only where somebody has
   * checked the key by then: else a new one with each request would be a new client. Default: false.
   */
  readonly byApiKey?: boolean;
  /** Addresses and CIDRs that are exempt. */
  readonly exemptAddresses?: readonly string[];
  /** API keys that are exempt. */
  readonly exemptKeys?: readonly string[];
  /** How many bits of an IPv6 address tell one client from another. Default: 64. */
  readonly ipv6PrefixBits?: number;
}

const BEARER = /^bearer +([\x21-\x7e]+)$/i;

/**
 * Tells clients apart by their API key, else by their address as Fastify's `trustProxy` has it. Keys appear as a digest, since they
 * are secrets and counters are not.
 */
export function createIdentity(options: IdentityOptions = {}): Identify {
  const { byApiKey = false, exemptAddresses = [], exemptKeys = [], ipv6PrefixBits } = options;
  const isExempt = inRanges(exemptAddresses);
  const exempt = new Set(exemptKeys);
  const byAddress = remembered((address) =>
    isExempt(address) ? EXEMPT : `address:${clientOf(address, ipv6PrefixBits)}`,
  );
  const byHeader = remembered((header) => {
    const key = BEARER.exec(header)?.[1];
    if (key === undefined) return NO_KEY;
    return exempt.has(key) ? EXEMPT : `key:${hash('sha256', key, 'base64url')}`;
  });
  return (request) => {
    const { authorization } = request.headers;
    const keyed = byApiKey && authorization !== undefined ? byHeader(authorization) : NO_KEY;
    const subject = keyed === NO_KEY ? byAddress(addressOf(request)) : keyed;
    return subject === EXEMPT ? undefined : subject;
  };
}

/** Nothing where a connection has none, as one over a Unix socket. */
function addressOf({ ip }: { readonly ip: string | undefined }): string {
  return ip ?? '';
}

const EXEMPT = '';
const NO_KEY = ' ';
