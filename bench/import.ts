import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Client } from 'pg';
import { openDatabase } from '../src/adapters/postgres/database.ts';
import { startEmbeddedPostgres } from '../src/adapters/postgres/embedded/start-embedded-postgres.ts';
import { migrateToLatest } from '../src/adapters/postgres/migrate.ts';
import { insertBare, readTables } from './support/bare-insert.ts';
import { filmsPath } from './support/films.ts';
import { print, printFigure, printHeader, printMethod } from './support/report.ts';

/** How fast a catalogue goes in, search included, against bare INSERTs of the same rows, and whether memory stays flat. */

const FILMS = 36_273;
const COPIES = 10;
const RATE_GOAL = 0.5;
const MEMORY_GOAL_MB = 150;
const MAP = 'examples/wikipedia-movies.map.json';
const TABLES = ['programs', 'search_documents', 'search_texts', 'search_title_words'];

interface ImportRun {
  readonly seconds: number;
  /** The highest resident size of the process. */
  readonly peakMb: number;
}

/** Runs `mediamesh import` as a shell would, until everything can be searched. */
async function runImport(file: string, databaseUrl: string, options: readonly string[]): Promise<ImportRun> {
  const env = { ...process.env, DATABASE_URL: databaseUrl, DEMO_CATALOG: 'off' };
  const begun = performance.now();
  const child = spawn('bin/mediamesh.mjs', ['import', file, ...options], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peakMb = 0;
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child.pid));
  }, 50);
  const [code] = await once(child, 'close');
  clearInterval(watch);
  if (code !== 0) throw new Error(`the import of ${file} ended with ${String(code)}`);
  return { seconds: (performance.now() - begun) / 1000, peakMb };
}

/** The kernel's own high-water mark of a process, in MB; 0 when it is gone. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function freshDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`create database ${name} template template0`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const db = openDatabase({
    connectionString: url.href,
    maxConnections: 2,
    connectTimeoutMs: 5000,
    statementTimeoutMs: 60_000,
    onIdleError: () => undefined,
  });
  await migrateToLatest(db);
  await db.destroy();
  return url.href;
}

/** The films ten times, each time under other ids. */
async function writeTenfold(path: string, films: readonly string[]): Promise<void> {
  const out = createWriteStream(path);
  for (let copy = 0; copy < COPIES; copy += 1) {
    for (const film of films) {
      const record = JSON.parse(film) as { title: string };
      if (!out.write(`${JSON.stringify({ ...record, title: `${record.title} ${copy}` })}\n`))
        await once(out, 'drain');
    }
  }
  out.end();
  await once(out, 'finish');
}

function printRates(ours: ImportRun, bareSeconds: number): void {
  const rateOf = (seconds: number) => `${Math.round(FILMS / seconds)} films/s (${seconds.toFixed(1)} s)`;
  const ratio = bareSeconds / ours.seconds;
  print('');
  printFigure('import, search included', rateOf(ours.seconds));
  printFigure('bare multi-row INSERT of the same rows', rateOf(bareSeconds));
  printFigure('ratio', ratio.toFixed(2), { text: `at least ${RATE_GOAL}`, met: ratio >= RATE_GOAL });
}

function printGrowth(name: string, { peakMb }: ImportRun, small: ImportRun): void {
  const growth = peakMb - small.peakMb;
  const goal = { text: `under ${MEMORY_GOAL_MB} MB`, met: growth < MEMORY_GOAL_MB };
  printFigure(name, `${Math.round(growth)} MB (peak ${Math.round(peakMb)} MB)`, goal);
}

const source = filmsPath();
printHeader('Import of a catalogue');
if (!existsSync(source)) {
  print(`${source} is not there: name the directory that has it with MEDIAMESH_DATA.`);
  process.exit(1);
}
printMethod(
  `${FILMS} films through the import command and ${MAP} into a durable PostgreSQL 18 on this machine; the clock stops when the last film can be searched`,
  'the rival is handed the finished rows of the same tables and sends them as INSERT ... VALUES of 500 rows, one connection, one commit a statement, into a fresh database with the same indexes',
  'growth is the highest resident size (VmHWM) of the command less that of the same command with the 6 films of examples/; the time has the start of the process in it',
);
const directory = await mkdtemp(join(tmpdir(), 'mediamesh-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir: directory, log: () => undefined });
try {
  const oursUrl = await freshDatabase(postgres.url, 'ours');
  const small = await runImport(
    'examples/sample-programs.ndjson',
    await freshDatabase(postgres.url, 'small'),
    [],
  );
  const ours = await runImport(source, oursUrl, ['--map', MAP]);
  const tables = await readTables(oursUrl, TABLES);
  const bareSeconds = await insertBare(await freshDatabase(postgres.url, 'bare'), tables);
  printRates(ours, bareSeconds);
  printGrowth('memory growth', ours, small);

  const again = await runImport(source, oursUrl, ['--map', MAP]);
  printFigure('the same file again, which changes nothing', `${again.seconds.toFixed(1)} s`);

  const tenfold = join(directory, 'postgres-tenfold.ndjson');
  await writeTenfold(
    tenfold,
    gunzipSync(await readFile(source))
      .toString('utf8')
      .trimEnd()
      .split('\n'),
  );
  const long = await runImport(tenfold, await freshDatabase(postgres.url, 'tenfold'), ['--map', MAP]);
  printFigure(
    'ten times as many films',
    `${Math.round((FILMS * COPIES) / long.seconds)} films/s (${long.seconds.toFixed(1)} s)`,
  );
  printGrowth('memory growth for ten times as many', long, small);
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
