import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** Whoever has one IPv6 address has at least the whole /64 (RFC 6177), so that is one client. */
const IPV6_PREFIX_BITS = 64;

/**
 * What an address stands for as a client: an IPv4 address itself, also one that is mapped into IPv6; of an IPv6 address its network
 * of `prefixBits` (default 64), such as `2001:db8:1:2::/64`. A text that is no address stands for itself.
 */
export function clientOf(address: string, prefixBits = IPV6_PREFIX_BITS): string {
  const parsed = parse(address);
  if (parsed === undefined) return address;
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/${prefixBits}`);
  return `${network.toString()}/${prefixBits}`;
}

/** Whether addresses lie in one of the ranges, which are addresses or CIDRs. @throws {TypeError} one is neither. */
export function inRanges(ranges: readonly string[]): (address: string) => boolean {
  const read = ranges.map(readRange);
  return (address) => {
    const parsed = parse(address);
    return (
      parsed !== undefined && read.some((range) => parsed.kind() === range[0].kind() && parsed.match(range))
    );
  };
}

function parse(address: string): Address | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  // A zone says which interface of this machine it came in by: nothing about the client.
  if (parsed instanceof ipaddr.IPv6) delete parsed.zoneId;
  return parsed;
}

function readRange(text: string): Range {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  const parsed = parse(text);
  if (parsed === undefined) throw new TypeError(`${JSON.stringify(text)} is no address and no CIDR`);
  return [parsed, parsed.kind() === 'ipv4' ? 32 : 128];
}
