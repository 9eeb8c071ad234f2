import type { Redis } from 'ioredis';
import type { Finding } from '../../domain/finding.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import { accessFinding } from './checks/access.ts';
import { clockFinding } from './checks/clock.ts';
import { crashFinding } from './checks/crash.ts';
import { evictionFinding } from './checks/eviction.ts';
import type { ServerInfo } from './checks/server-info.ts';
import { readInfo } from './checks/server-info.ts';
import { clusterFinding, roleFinding, versionFinding } from './checks/set-up.ts';
import type { RedisClient } from './client.ts';
import type { RedisKeys } from './keys.ts';
import { withStoreErrors } from './store-errors.ts';

export interface RedisCheckDeps {
  readonly clock: Clock;
  /** Whether the client is one of a cluster. */
  readonly cluster: boolean;
  /** Whether it keeps what must not be lost: views do, counters and copies do not. Default: yes. */
  readonly keepsData?: boolean;
  /** With it, whether we may read, write and run scripts there is tried too. */
  readonly keys?: RedisKeys;
}

/**
 * What the server, or each primary of the cluster, is and how it is set up: whether it can be worked with, what it may lose, and
 * what to do. What the server does not tell (hosted ones forbid `CONFIG`, some `INFO`) is said to be unknown.
 */
export async function checkRedis(
  client: RedisClient,
  deps: RedisCheckDeps,
  call: Call,
): Promise<readonly Finding[]> {
  const check = async () => {
    const nodes = 'nodes' in client ? client.nodes('master') : [client];
    const found = await Promise.all(nodes.map((node) => checkNode(node, deps, call)));
    const access = deps.keys === undefined ? [] : [await accessFinding(client, deps.keys, call)];
    return [...found.flat(), ...access];
  };
  return withStoreErrors(check, call);
}

async function checkNode(node: Redis, { clock, cluster, keepsData = true }: RedisCheckDeps, call: Call) {
  const info = await readInfo(node, call);
  const findings = [
    ...(info === undefined ? [UNKNOWN] : infoFindings(info, cluster, keepsData)),
    await clockFinding(node, clock, call),
  ];
  const { host, port } = node.options;
  return cluster
    ? findings.map((finding) => ({ ...finding, text: `${host}:${port}: ${finding.text}` }))
    : findings;
}

function infoFindings(info: ServerInfo, cluster: boolean, keepsData: boolean): readonly Finding[] {
  return [
    versionFinding(info),
    clusterFinding(info, cluster),
    roleFinding(info),
    evictionFinding(info),
    crashFinding(info, keepsData),
  ];
}

const UNKNOWN: Finding = {
  level: 'warning',
  text: 'INFO is not allowed: version, eviction policy and persistence are not known',
  mend: 'let the user run INFO (ACL SETUSER ... +info), or check by hand: Redis 6.2 or later, maxmemory-policy noeviction',
};
