import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** Whoever has one IPv6 address has at least the whole /64 (RFC 6177), so that is one client. */
const IPV6_PREFIX_BITS = 64;

/** Of all who come with a text that is no address: were each text a client, who can choose it would never be limited. */
const UNKNOWN = 'unknown';

/**
 * What an address stands for as a client: an IPv4 address itself, also one that is mapped into IPv6 or that a NAT64 translated; of
 * an IPv6 address its network of `prefixBits` (default 64), such as `2001:db8:1:2::/64`. A port is no part of it.
 */
export function clientOf(address: string, prefixBits = IPV6_PREFIX_BITS): string {
  const seen = parse(withoutPort(address));
  if (seen === undefined) return UNKNOWN;
  const own = untranslated(seen);
  if (own.kind() === 'ipv4') return own.toString();
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${own.toNormalizedString()}/${prefixBits}`);
  return `${network.toString()}/${prefixBits}`;
}

/** Whether addresses lie in one of the ranges, which are addresses or CIDRs. @throws {TypeError} one is neither. */
export function inRanges(ranges: readonly string[]): (address: string | undefined) => boolean {
  const read = ranges.map(readRange);
  const isIn = (address: Address) =>
    read.some((range) => address.kind() === range[0].kind() && address.match(range));
  return (address) => {
    const seen = parse(withoutPort(address ?? ''));
    // Both as it is seen and as it is meant: a range of a NAT64 is one of IPv6, and none of all IPv4 addresses.
    return seen !== undefined && (isIn(seen) || isIn(untranslated(seen)));
  };
}

/**
 * Whether an address (a Unix socket has none) is that of a proxy, whose `X-Forwarded-For` is believed. @throws {TypeError} a range is
 * none, or has all addresses: each client could say then that it is another.
 */
export function isProxy(proxies: readonly string[]): (address: string | undefined) => boolean {
  const all = proxies.find((each) => readRange(each)[1] === 0);
  if (all !== undefined) throw new TypeError(`${all} are all addresses: not all of them are proxies`);
  return inRanges(proxies);
}

/** Some proxies add the port, which is another with each connection: `203.0.113.7:50001`, `[2001:db8::1]:443`. */
const WITH_PORT = /^(?:([\d.]+):\d{1,5}|\[([^\]]+)\](?::\d{1,5})?)$/;

function withoutPort(text: string): string {
  const [, ipv4, ipv6] = WITH_PORT.exec(text) ?? [];
  return ipv4 ?? ipv6 ?? text;
}

function parse(text: string): Address | undefined {
  // Not the forms that a mere number has, such as `127.1`.
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  const parsed = ipaddr.process(text);
  // A zone says which interface of this machine it came in by: nothing about the client.
  if (parsed instanceof ipaddr.IPv6) delete parsed.zoneId;
  return parsed;
}

/** RFC 6052. */
const NAT64: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('64:ff9b::'), 96];

/** The IPv4 address that a NAT64 translated; any other address itself. */
function untranslated(address: Address): Address {
  const isTranslated = address.kind() === 'ipv6' && address.match(NAT64);
  return isTranslated ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address;
}

function readRange(text: string): Range {
  if (ipaddr.isValidCIDR(text)) return unmapped(ipaddr.parseCIDR(text));
  const parsed = parse(text);
  if (parsed === undefined) throw new TypeError(`${JSON.stringify(text)} is no address and no CIDR`);
  return [parsed, parsed.kind() === 'ipv4' ? 32 : 128];
}

/** How many bits of a mapped address come before the IPv4 address. */
const MAPPED_BITS = 96;

/** A range of mapped addresses is one of IPv4 addresses: as such they are read. */
function unmapped([address, bits]: Range): Range {
  const isMapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= MAPPED_BITS;
  return isMapped ? [address.toIPv4Address(), bits - MAPPED_BITS] : [address, bits];
}
