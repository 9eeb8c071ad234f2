// Plain JavaScript that any Node from 14 up can parse: it runs where Node is too old for the rest of the project.

/** The first major version that runs TypeScript files as they are, with nothing to build. */
const MINIMUM_MAJOR = 24;

/** @param {string} version as `process.versions.node` gives it, "24.21.0" */
export function isSupportedNode(version) {
  return Number.parseInt(version, 10) >= MINIMUM_MAJOR;
}

/** @param {string} version as `process.versions.node` gives it */
export function unsupportedNodeMessage(version) {
  return [
    `MediaMesh needs Node ${MINIMUM_MAJOR} or newer; this is Node ${version} (${process.execPath}).`,
    'On Linux, "npm ci" installs a suitable Node beside the other packages, which npm start, npm test and npx use by themselves',
    '(unless optional dependencies are left out). Elsewhere, install Node 24 from https://nodejs.org.',
  ].join('\n');
}
