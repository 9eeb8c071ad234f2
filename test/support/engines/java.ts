import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const POLICY = fileURLToPath(new URL('./loopback.policy', import.meta.url));

/** DynamoDB Local 3 is compiled for it. */
const OLDEST = 17;

/** Java 24 took the security manager out (JEP 486). */
const FIRST_WITHOUT_SECURITY_MANAGER = 24;

/** Throws when the program does not run, or is too old for DynamoDB Local. */
export async function javaVersion(java: string): Promise<number> {
  const { stderr } = await promisify(execFile)(java, ['-version'], { timeout: 20_000 }).catch(
    (cause: unknown) => {
      throw new Error(`${java} does not run`, { cause });
    },
  );
  const version = Number(/version "(?:1\.)?(\d+)/.exec(stderr)?.[1]);
  if (!(version >= OLDEST))
    throw new Error(`${java} is Java ${version || 'of no known version'}, not ${OLDEST} or newer`);
  return version;
}

/**
 * DynamoDB Local listens on every interface and has no option for an address. Java's security manager can refuse, under a
 * policy, connections that do not come from this machine; from Java 24 on nothing can.
 */
export function loopbackOnly(version: number): string[] {
  if (version >= FIRST_WITHOUT_SECURITY_MANAGER) return [];
  return ['-Djava.security.manager', `-Djava.security.policy==${POLICY}`];
}
