import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useFolder } from '../folder.ts';
import { installProgram } from './install-program.ts';

const { pathOf } = useFolder();

/**
 * An apt-get that writes down what it is asked, knows one package and has it bring `made-up-server`, and a sudo that lets
 * everybody be root.
 */
async function useFakeApt(): Promise<void> {
  await mkdir(pathOf('bin'), { recursive: true });
  const server = pathOf('bin/made-up-server');
  const apt = [
    `echo "$@" >>${pathOf('asked')}`,
    'case "$*" in *" good") ;; update) exit 0 ;; *) exit 100 ;; esac',
    `printf '#!/bin/sh\\n' >${server} && chmod +x ${server}`,
  ];
  await aScript('apt-get', apt.join('\n'));
  await aScript('sudo', 'shift; exec "$@"');
  vi.stubEnv('PATH', `${pathOf('bin')}${delimiter}${process.env.PATH}`);
}

async function aScript(name: string, text: string): Promise<void> {
  await writeFile(pathOf(`bin/${name}`), `#!/bin/sh\n${text}\n`);
  await chmod(pathOf(`bin/${name}`), 0o755);
}

describe('installing a program', () => {
  let said = '';

  beforeEach(async () => {
    await useFakeApt();
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said += text;
      return true;
    });
  });

  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it('reads the lists first, takes the first package that there is, and says so', async () => {
    const path = await installProgram('made-up-server', [['missing'], ['good'], ['never-asked']]);
    expect(path).toBe(pathOf('bin/made-up-server'));
    expect(said).toBe(
      'tests need made-up-server: installing missing with apt-get\n' +
        'tests need made-up-server: installing good with apt-get\n',
    );
    const asked = (await readFile(pathOf('asked'), 'utf8')).trim().split('\n');
    expect(asked.map((line) => line.split(' ').at(-1))).toEqual(['update', 'missing', 'good']);
  });

  it('says which package could not be installed', async () => {
    await expect(installProgram('another-server', [['missing']])).rejects.toThrow(
      'apt-get install missing failed',
    );
  });
});
