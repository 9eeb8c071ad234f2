/** Where a server is, read from a URL. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly tls: boolean;
}

const FORM = 'redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], or rediss:// for TLS';

/**
 * Reads `redis://` and `rediss://` (IANA registrations of the schemes). Queries are refused: ioredis would take them for options of
 * its own, which win over ours. No error repeats the URL, since it may hold a password.
 */
export function readRedisUrl(url: string): RedisAddress {
  const parsed = URL.parse(url);
  if (parsed === null || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === '')
    throw new Error(`the Redis URL can not be read: it must be ${FORM}`);
  if (parsed.search !== '' || parsed.hash !== '')
    throw new Error(`the Redis URL must not have a query or a fragment: it must be ${FORM}`);
  return {
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: parsed.port === '' ? 6379 : Number(parsed.port),
    username: decoded(parsed.username),
    password: decoded(parsed.password),
    database: databaseOf(parsed.pathname),
    tls: parsed.protocol === 'rediss:',
  };
}

function databaseOf(path: string): number {
  const number = path.replace(/^\//, '');
  if (!/^\d{0,6}$/.test(number))
    throw new Error(`the Redis URL's database must be a number, such as /0: it must be ${FORM}`);
  return Number(number);
}

function decoded(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new Error('a % in the user or password of the Redis URL must be written %25', { cause });
  }
}
