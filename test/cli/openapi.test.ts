import { expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';

it('openapi prints the document as JSON or YAML, with nothing to reach and whatever the configuration is', async () => {
  const json = await runCli(['openapi'], { env: { MEDIAMESH_MODE: 'nonsense' } });
  expect([json.code, json.stderr]).toEqual([0, '']);
  expect(JSON.parse(json.stdout)).toMatchObject({ openapi: '3.1.0', paths: { '/v1/programs/import': {} } });
  expect((await runCli(['openapi', '--yaml'])).stdout).toMatch(/^openapi: 3\.1\.0\n/);
});
