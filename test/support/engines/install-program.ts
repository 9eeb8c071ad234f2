import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findProgram } from './programs.ts';

/**
 * Installs a program with apt-get, as root or by sudo without a password, and says so. `packages` are choices, best
 * first. Throws where that can not be done.
 */
export async function installProgram(
  program: string,
  packages: readonly (readonly string[])[],
): Promise<string> {
  const apt = await aptCommand();
  const turn = lastInstall.then(() => installFirst(apt, program, packages));
  // Engines start side by side, and apt-get takes one caller at a time.
  lastInstall = turn.catch(() => undefined);
  await turn;
  return await findProgram(program);
}

let lastInstall: Promise<unknown> = Promise.resolve();
let updated: Promise<void> | undefined;

async function aptCommand(): Promise<readonly string[]> {
  const aptGet = await findProgram('apt-get').catch(() => {
    throw new Error('it can not be installed: there is no apt-get');
  });
  if (process.getuid?.() === 0) return [aptGet];
  const sudo = ['sudo', '-n'];
  const mayBecomeRoot = await run([...sudo, 'true']).then(
    () => true,
    () => false,
  );
  if (!mayBecomeRoot) throw new Error('it can not be installed: that takes root, or sudo without a password');
  return [...sudo, aptGet];
}

async function installFirst(
  apt: readonly string[],
  program: string,
  packages: readonly (readonly string[])[],
): Promise<void> {
  let failure = new Error(`no package has ${program}`);
  updated ??= run([...apt, 'update']);
  await updated.catch(() => undefined); // an older list may still do
  for (const names of packages) {
    process.stderr.write(`tests need ${program}: installing ${names.join(' ')} with apt-get\n`);
    try {
      const options = ['-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];
      return await run([...apt, 'install', ...options, ...names]);
    } catch (error) {
      failure = new Error(`apt-get install ${names.join(' ')} failed`, { cause: error });
    }
  }
  throw failure;
}

async function run([file = '', ...args]: readonly string[]): Promise<void> {
  const child = spawn(file, args, {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
}
