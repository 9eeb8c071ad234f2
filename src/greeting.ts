/** What the service says on its terminal when it is ready: where things are, and something to try. */
export function greeting(url: string, exampleProgramId: string | undefined): string {
  const program = exampleProgramId ?? 'my-film';
  return [
    '',
    `MediaMesh is ready at ${url}`,
    `  API docs   ${url}/docs`,
    `  OpenAPI    ${url}/openapi.json`,
    `  health     ${url}/health/ready`,
    '',
    'Try:',
    `  curl '${url}/v1/discovery/popular?limit=3'`,
    `  curl '${url}/v1/search?q=godfahter&limit=3'`,
    `  curl -i '${url}/v1/programs/${program}'`,
    '',
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}
