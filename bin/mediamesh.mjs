#!/usr/bin/env node
// Starts the command line on a Node that can run it: this one, or else the one that "npm ci" installed.
import { spawn } from 'node:child_process';
// By name, Node 20 would refuse this file for what it lacks.
import module, { createRequire } from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSupportedNode, unsupportedNodeMessage } from './supported-node.mjs';

/** The documented exit code of a wrong configuration or environment. */
const EXIT_CONFIGURATION = 3;

const entry = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

if (isSupportedNode(process.versions.node)) {
  // In this process: signals, standard streams and exit code are the command's own.
  process.argv[1] = entry;
  // What the first command compiled, the later ones only load, which is most of their start. Where it can not be kept, it is not.
  module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)));
  await import(new URL('../src/cli/main.ts', import.meta.url).href);
} else {
  const node = installedNode();
  if (node) runWith(node);
  else refuse();
}

function refuse() {
  console.error(unsupportedNodeMessage(process.versions.node));
  process.exitCode = EXIT_CONFIGURATION;
}

/** Path of the Node that the optional dependencies bring, wherever npm has put them; undefined where there is none. */
function installedNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-linux-${process.arch}/package.json`);
    return process.platform === 'linux' ? join(manifest, '..', 'bin', 'node') : undefined;
  } catch {
    return undefined;
  }
}

function runWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to the command as well: passed on too, it would count as a second, impatient one.
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on('SIGINT', () => onTerminal || child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => {
    console.error(`MediaMesh could not start ${node}: ${error.message}`);
    process.exitCode = EXIT_CONFIGURATION;
  });
  child.on('exit', (code, signal) => {
    // A shell reports a death by signal as 128 + its number.
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}
