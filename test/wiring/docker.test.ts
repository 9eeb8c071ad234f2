import { readFileSync } from 'node:fs';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { run } from '../support/cli.ts';
import { useFolder } from '../support/folder.ts';

const compose = readFileSync('docker-compose.yml', 'utf8');
const dockerfile = readFileSync('Dockerfile', 'utf8');
const { fileOf } = useFolder();

async function lintCompose(file: string) {
  return await run('dclint', ['--max-warnings', '0', '--config', '.dclintrc', file]);
}

/** No Docker engine is needed: the files are read and linted, not run. */
describe('the files for Docker', () => {
  it('have a compose file without fault', async () => {
    const { code, stdout } = await lintCompose('docker-compose.yml');
    expect([code, stdout.trim()]).toEqual([0, '']);
  });

  it('are looked at by a linter that finds faults', async () => {
    const broken = await fileOf(compose.replace('127.0.0.1:5432:5432', '5432:5432'), 'docker-compose.yml');
    const { code, stdout } = await lintCompose(broken);
    expect(code).not.toBe(0);
    expect(stdout).toContain('5432');
  });

  it('have a Dockerfile without fault, by a validator that finds faults', () => {
    expect(validate(dockerfile)).toEqual([]);
    expect(validate(dockerfile.replace('EXPOSE 3000', 'EXPOSE http')).map(({ message }) => message)).toEqual([
      'Invalid containerPort: http',
    ]);
  });

  it('pin every image to an exact version', () => {
    const images = [...compose.matchAll(/image: (\S+)/g), ...dockerfile.matchAll(/^FROM (\S+)/gm)].map(
      ([, image]) => image,
    );
    expect(images.length).toBeGreaterThanOrEqual(6);
    for (const image of images) expect(image).toMatch(/:\d+\.\d+(\.\d+)?(-[a-z-]+)?$|^mediamesh:local$/);
  });

  it('have the same engines as the tests', () => {
    for (const engine of ['postgres', 'redis', 'dynamodb']) {
      const source = readFileSync(`test/support/engines/${engine}-engine.ts`, 'utf8');
      const image = /image: '([^']+)'/.exec(source)?.[1];
      expect(compose).toContain(`image: ${image}\n`);
    }
  });

  it('publish every port on the loopback address alone', () => {
    const ports = [...compose.matchAll(/- "([^"]*:\d+)"/g)].map(([, port]) => port);
    expect(ports).toHaveLength(4);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('run as nobody special on a file system that can not be written to', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(compose).toMatch(/read_only: true/);
    expect(dockerfile).toMatch(/npm ci --omit=dev/);
  });
});
