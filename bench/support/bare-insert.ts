import { Client } from 'pg';

/** The rows of a table as text, in the order of their key, without generated columns. */
export interface TableRows {
  readonly name: string;
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

const BATCH = 500;

/** Reads whole tables as the text that Postgres itself writes. */
export async function readTables(url: string, names: readonly string[]): Promise<readonly TableRows[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const tables: TableRows[] = [];
    for (const name of names) tables.push(await readTable(client, name));
    return tables;
  } finally {
    await client.end();
  }
}

async function readTable(client: Client, name: string): Promise<TableRows> {
  const columns = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [name],
  );
  const names = columns.rows.map((column) => column.name);
  const rows = await client.query<(string | null)[]>({
    text: `select ${names.map((column) => `${column}::text`).join(', ')} from ${name} order by 1`,
    rowMode: 'array',
  });
  return { name, columns: names, types: columns.rows.map(({ type }) => type), rows: rows.rows };
}

/** Sends the rows as plain multi-row INSERTs; answers the seconds that took. */
export async function insertBare(url: string, tables: readonly TableRows[]): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const begun = performance.now();
    for (const table of tables) await insertTable(client, table);
    return (performance.now() - begun) / 1000;
  } finally {
    await client.end();
  }
}

async function insertTable(client: Client, { name, columns, types, rows }: TableRows): Promise<void> {
  for (let from = 0; from < rows.length; from += BATCH) {
    const batch = rows.slice(from, from + BATCH);
    const tuple = (row: number) =>
      `(${columns.map((_, column) => `$${row * columns.length + column + 1}::${types[column]}`).join(',')})`;
    const values = batch.map((_, row) => tuple(row)).join(',');
    await client.query(`insert into ${name} (${columns.join(',')}) values ${values}`, batch.flat());
  }
}
