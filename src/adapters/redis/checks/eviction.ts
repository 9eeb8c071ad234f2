import type { Finding } from '../../../domain/finding.ts';
import type { ServerInfo } from './server-info.ts';

/** From here on a server with a limit should be given more memory. */
const FULL = 0.8;

const MEND =
  'CONFIG SET maxmemory-policy noeviction, and give it enough memory: full, it then refuses writes instead';

/**
 * Only `noeviction` is safe. Every policy that begins with `volatile-` drops what expires, and rate-limit counters and tombstones do:
 * with a counter gone its units pass a second time, with a tombstone gone a late write brings a deleted program back.
 * `allkeys-` drops views, trends and categories as well.
 */
export function evictionFinding({ field }: ServerInfo): Finding {
  const policy = field('maxmemory_policy');
  const limit = Number(field('maxmemory') ?? Number.NaN);
  if (policy === undefined) return { level: 'warning', text: 'the eviction policy is not known', mend: MEND };
  if (policy === 'noeviction') return fullness(limit, Number(field('used_memory')));
  if (limit === 0)
    return { level: 'ok', text: `drops no keys as long as no maxmemory is set (maxmemory-policy ${policy})` };
  const what = policy.startsWith('volatile-')
    ? 'rate-limit counters and tombstones: units may pass twice, and deleted programs come back'
    : 'any key: units may pass rate limits twice, and views and trends are lost';
  return { level: 'warning', text: `maxmemory-policy ${policy} drops ${what}`, mend: MEND };
}

function fullness(limit: number, used: number): Finding {
  const share = limit > 0 ? used / limit : 0;
  return share < FULL
    ? { level: 'ok', text: 'drops no keys (maxmemory-policy noeviction)' }
    : {
        level: 'warning',
        text: `has ${Math.round(share * 100)} % of its memory in use; full, it refuses writes`,
        mend: 'raise maxmemory, or add nodes',
      };
}
