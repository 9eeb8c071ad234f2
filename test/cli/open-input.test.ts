import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Input } from '../../src/cli/input/open-input.ts';
import { openInput } from '../../src/cli/input/open-input.ts';
import { createFakeTerminal } from '../support/cli.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediamesh-input-'));
});
afterAll(() => rm(folder, { recursive: true }));

const never = new AbortController().signal;

async function textOf(input: Input): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input.bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function fileOf(content: string | Uint8Array, name = 'programs.ndjson'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const open = async (path: string) => await openInput(path, createFakeTerminal(), never);

describe('openInput', () => {
  it('reads a plain file and counts its bytes', async () => {
    const input = await open(await fileOf('häy\n'));
    expect([input.totalBytes, input.readBytes()]).toEqual([5, 0]);
    expect(await textOf(input)).toBe('häy\n');
    expect(input.readBytes()).toBe(5);
  });

  it.each([0, 1, 2])('reads a file of %i bytes', async (length) => {
    expect(await textOf(await open(await fileOf('x'.repeat(length))))).toBe('x'.repeat(length));
  });

  it('unzips by the first bytes, whatever the name, and counts bytes as they lie there', async () => {
    const packed = gzipSync('line\n'.repeat(100_000));
    const input = await open(await fileOf(packed, 'plain.ndjson'));
    expect(await textOf(input)).toHaveLength(500_000);
    expect([input.totalBytes, input.readBytes()]).toEqual([packed.length, packed.length]);
    expect(await textOf(await open(await fileOf('not packed', 'x.gz')))).toBe('not packed');
  });

  it('unzips several gzip members one after the other', async () => {
    const path = await fileOf(Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]));
    expect(await textOf(await open(path))).toBe('a\nb\n');
  });

  it('says how far broken gzip could be read', async () => {
    const packed = gzipSync(Array.from({ length: 50_000 }, (_, index) => `line ${index * 7919}\n`).join(''));
    const cut = await open(await fileOf(packed.subarray(0, packed.length - 500)));
    await expect(textOf(cut)).rejects.toThrow(
      /ends in the middle: it was cut off, after [\d,]+ bytes of text$/,
    );
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, packed.length / 2, packed.length / 2 + 64);
    await expect(textOf(await open(await fileOf(damaged)))).rejects.toThrow(
      /is damaged, after [\d,]+ bytes of text$/,
    );
  });

  it('reads standard input, gzip in single bytes included', async () => {
    const terminal = createFakeTerminal();
    const input = await openInput('-', terminal, never);
    for (const byte of gzipSync('from a pipe\n')) terminal.stdin.write(Uint8Array.of(byte));
    terminal.stdin.end();
    expect(await textOf(input)).toBe('from a pipe\n');
    expect(input.totalBytes).toBeUndefined();
  });

  it('tells a person at a terminal how to end', async () => {
    const terminal = createFakeTerminal();
    terminal.stdin.isTTY = true;
    await openInput('-', terminal, never);
    expect(terminal.said()).toContain('Ctrl-D');
  });

  it.each(['plain', 'gzip'])('ends a %s input that waits when told to stop', async (kind) => {
    const terminal = createFakeTerminal();
    const stop = new AbortController();
    const input = await openInput('-', terminal, stop.signal);
    const reading = textOf(input).then(
      () => 'ended',
      () => 'broke off',
    );
    const packed = gzipSync('something that never ends\n');
    terminal.stdin.write(kind === 'gzip' ? packed.subarray(0, 20) : 'half a line');
    await sleep(20);
    stop.abort();
    expect(await reading).toBe('broke off');
  });

  it('says what is wrong with a file that can not be read', async () => {
    await expect(open(join(folder, 'absent'))).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('absent can not be read: there is no such file'),
    });
    await expect(open(folder)).rejects.toThrow('is a directory');
  });
});
