import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { useFolder } from '../folder.ts';
import { canConnect } from './can-connect.ts';
import type { ServerProgram } from './spawned-server.ts';
import { spawnServer } from './spawned-server.ts';

const { pathOf } = useFolder();

/** A server that only listens; `first` is JavaScript that it runs before. */
function aProgram(first = ''): ServerProgram {
  const listen = "require('node:net').createServer().listen(port, '127.0.0.1')";
  return {
    file: process.execPath,
    args: ({ port }) => ['-e', `const port = ${port}; ${first}; ${listen}`],
    isReady: (port) => canConnect(port),
    patienceMs: 20_000,
  };
}

/** A run that has such a server and makes its folders in `folder`; it does nothing more. */
async function aRun(folder: string): Promise<{ run: ChildProcess; port: number }> {
  const urlOf = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const program = `
    import { canConnect } from ${urlOf('./can-connect.ts')};
    import { spawnServer } from ${urlOf('./spawned-server.ts')};
    const args = ({ port }) => ['-e', "require('node:net').createServer().listen(" + port + ", '127.0.0.1')"];
    const program = { file: process.execPath, args, isReady: (port) => canConnect(port), patienceMs: 20_000 };
    console.log((await spawnServer(program)).port);
    setInterval(() => undefined, 1_000);`;
  const run = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(run.stdout, 'data');
  return { run, port: Number(port) };
}

describe('a server of a run', () => {
  it('runs until it is stopped', async () => {
    const { port, stop } = await spawnServer(aProgram());
    expect(await canConnect(port)).toBe(true);
    await stop();
    expect(await canConnect(port)).toBe(false);
  });

  it('takes another port when another program was faster', async () => {
    const flag = JSON.stringify(pathOf('tried'));
    const failOnce = `const fs = require('node:fs'); if (!fs.existsSync(${flag})) { fs.writeFileSync(${flag}, ''); throw new Error('address in use') }`;
    const { port, stop } = await spawnServer(aProgram(failOnce));
    expect(await canConnect(port)).toBe(true);
    await stop();
  });

  it('that ends at once says what it said', async () => {
    const program = aProgram("console.error('there is no such setting'); process.exit(3)");
    await expect(spawnServer(program)).rejects.toThrow(/ended at once: there is no such setting$/);
    await expect(spawnServer({ ...program, file: '/no/such/program' })).rejects.toThrow('ENOENT');
  });

  it('that never answers is given up and ended', async () => {
    const program = { ...aProgram(), isReady: async () => false, patienceMs: 300 };
    await expect(spawnServer(program)).rejects.toThrow('did not answer within 300 ms');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'is gone after a run that %s ended, its folder too',
    async (signal) => {
      const folder = await mkdtemp(pathOf('run-'));
      const { run, port } = await aRun(folder);
      expect(await canConnect(port)).toBe(true);
      expect(await readdir(folder)).toHaveLength(1);
      run.kill(signal);
      await once(run, 'exit');
      await expect.poll(() => canConnect(port), { timeout: 10_000 }).toBe(false);
      await expect.poll(() => readdir(folder), { timeout: 10_000 }).toEqual([]);
    },
    60_000,
  );
});
