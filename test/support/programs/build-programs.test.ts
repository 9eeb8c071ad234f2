import { readdir, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startServer } from '../server-process.ts';
import { buildPrograms } from './build-programs.ts';
import { builtProgram } from './built-program.ts';

const MEMORY = { MEDIAMESH_MODE: 'memory', DEMO_CATALOG: 'off' };

/** What a service says of itself, without what differs from one start to the next. */
async function pagesOf(program: Parameters<typeof startServer>[1]) {
  const server = await startServer(MEMORY, program);
  const page = async (path: string) => {
    const response = await fetch(server.url + path);
    return [response.status, (await response.text()).replaceAll(server.url, '<url>')];
  };
  const pages = [await page('/openapi.json'), await page('/docs/'), await page('/v1/programs/nobody-1')];
  server.kill('SIGTERM');
  return { pages: pages.map(withoutId), code: await server.exited };
}

const withoutId = (page: (string | number)[]) =>
  page.map((part) => String(part).replace(/"requestId":"[^"]+"/, '"requestId":"<id>"'));

describe('the built service', () => {
  it('says what the source says, and ends as it does', async () => {
    const built = await builtProgram('service');
    const [ofBuilt, ofSource] = await Promise.all([pagesOf(built), pagesOf({})]);
    expect(ofBuilt).toEqual(ofSource);
    expect(ofBuilt.code).toBe(0);
    expect(ofBuilt.pages.map(([status]) => status)).toEqual(['200', '200', '404']);
  });

  it('is one folder of a few modules, which is gone when it is removed', async () => {
    const { path, remove } = await buildPrograms();
    const modules = (await readdir(path)).filter((name) => name.endsWith('.mjs'));
    expect(modules).toEqual(expect.arrayContaining(['service.mjs', 'cli.mjs', 'relay.mjs', 'limits.mjs']));
    expect(modules.length).toBeLessThan(200);
    await remove();
    await expect(stat(path)).rejects.toThrow('ENOENT');
    expect((await stat('node_modules/fastify')).isDirectory()).toBe(true);
  });
});
