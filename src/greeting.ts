/** What the service says on its terminal when it is ready: where things are, and something to try. */
export function greeting(url: string, exampleProgramId: string | undefined): string {
  return [
    '',
    `MediaMesh is ready at ${url}`,
    `  API docs   ${url}/docs`,
    `  OpenAPI    ${url}/openapi.json`,
    `  health     ${url}/health/ready`,
    '',
    'Try:',
    ...(exampleProgramId === undefined ? fill(url) : reads(url, exampleProgramId)),
    '',
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}

function reads(url: string, programId: string): readonly string[] {
  return [
    `  curl '${url}/v1/discovery/popular?limit=3'`,
    `  curl '${url}/v1/search?q=godfahter&limit=3'`,
    `  curl -i '${url}/v1/programs/${programId}'`,
  ];
}

/** For an empty catalogue: nothing can be read before something was written. */
function fill(url: string): readonly string[] {
  const body = '{"title":"My Film","contentType":"movie","category":"Drama","language":"en"}';
  return [
    `  npx mediamesh import examples/sample-programs.ndjson --url ${url}`,
    `  curl -X PUT ${url}/v1/programs/my-film -H 'content-type: application/json' -d '${body}'`,
    `  curl -i '${url}/v1/programs/my-film'`,
  ];
}
