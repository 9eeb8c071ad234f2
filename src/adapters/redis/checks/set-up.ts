import type { Finding } from '../../../domain/finding.ts';
import type { ServerInfo } from './server-info.ts';

/** The first version with all that the scripts use: `SET ... PXAT`, `ZRANDMEMBER`, `HRANDFIELD`, `ZRANGE ... BYSCORE`. */
const OLDEST = [6, 2] as const;

export function versionFinding({ field }: ServerInfo): Finding {
  const version = field('redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return isOld
    ? {
        level: 'fault',
        text: `version ${version} is too old`,
        mend: `upgrade to ${OLDEST.join('.')} or later`,
      }
    : { level: 'ok', text: `version ${version}` };
}

export function clusterFinding({ field }: ServerInfo, asCluster: boolean): Finding {
  const isCluster = field('cluster_enabled') === '1';
  if (isCluster === asCluster)
    return { level: 'ok', text: isCluster ? 'is a node of a cluster' : 'is a single server' };
  return isCluster
    ? {
        level: 'fault',
        text: 'is a node of a cluster and is spoken to as a single server: keys of other nodes are out of reach',
        mend: 'set REDIS_CLUSTER=on',
      }
    : {
        level: 'fault',
        text: 'is a single server and is spoken to as a cluster',
        mend: 'set REDIS_CLUSTER=off',
      };
}

export function roleFinding({ field }: ServerInfo): Finding {
  return field('role') === 'slave'
    ? { level: 'fault', text: 'is a replica and refuses writes', mend: 'point REDIS_URL at the primary' }
    : { level: 'ok', text: 'takes writes' };
}
