import type { Variable } from '../variable.ts';
import { milliseconds, oneOf, pattern, url } from '../variable.ts';

/** What the client would refuse later, when there is no list of faults to put it into; queries would be options of its own. */
const redisUrl = url('redis:', 'rediss:').refine((value) => {
  const { hostname = '', pathname = '', search, hash, username = '', password = '' } = URL.parse(value) ?? {};
  const isPlain = hostname !== '' && search === '' && hash === '' && /^\/?\d{0,6}$/.test(pathname);
  return isPlain && [username, password].every(isDecodable);
});

function isDecodable(part: string): boolean {
  try {
    return decodeURIComponent(part) !== undefined;
  } catch {
    return false;
  }
}

export const REDIS = {
  REDIS_URL: {
    schema: redisUrl,
    expected:
      '`redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`, or `rediss://` for TLS; a `%` in user or password is written `%25`',
    description: 'The Redis server, or any node of the cluster.',
    example: 'rediss://mediamesh:secret@redis.internal:6379/0',
    secret: true,
  },
  REDIS_CLUSTER: {
    ...oneOf(['on', 'off']),
    description: 'Whether `REDIS_URL` names a node of a Redis Cluster.',
    default: 'off',
    example: 'on',
  },
  REDIS_KEY_PREFIX: {
    ...pattern(/^[\w:.-]{1,64}$/, '1 to 64 letters, digits or any of `_ : . -`'),
    description: 'What every key of ours begins with, so that several services can share a server.',
    default: 'mediamesh:',
    example: 'mediamesh-staging:',
  },
  REDIS_CONNECT_TIMEOUT_MS: {
    ...milliseconds(50, 60_000),
    description: 'How long connecting to Redis may take. Milliseconds.',
    default: '2000',
    example: '2000',
  },
  REDIS_COMMAND_TIMEOUT_MS: {
    ...milliseconds(10, 60_000),
    description: 'How long a command of Redis may take. Milliseconds.',
    default: '1000',
    example: '1000',
  },
} as const satisfies Record<string, Variable>;
