import type { Variable } from './variable.ts';
import { MODES } from './variable.ts';
import { VARIABLES, variableNames } from './variables.ts';

/** The table of variables for `docs/configuration.md`. */
export function configurationTable(): string {
  const head = ['| variable | what it does | values | default |', '|---|---|---|---|'];
  const rows = variableNames().map((name) => {
    const variable: Variable = VARIABLES[name];
    const description = variable.secret
      ? `${variable.description} \`${name}_FILE\` names a file to read it from.`
      : variable.description;
    return `| \`${name}\` | ${description} | ${variable.expected} | ${defaultText(variable)} |`;
  });
  return [...head, ...rows, ''].join('\n');
}

function defaultText(variable: Variable): string {
  if (variable.default === undefined) return '';
  if (typeof variable.default === 'string') return `\`${variable.default}\``;
  const byMode = variable.default;
  return MODES.map((mode) => `${mode}: ${byMode[mode] === undefined ? 'none' : `\`${byMode[mode]}\``}`).join(
    '<br>',
  );
}

/** The text of `.env.example`: every variable, commented out, with an example. */
export function environmentExample(): string {
  const blocks = variableNames().map((name) => {
    const variable: Variable = VARIABLES[name];
    return `# ${variable.description.replaceAll('`', '')}\n# Expected: ${variable.expected.replaceAll('`', '')}.\n# ${name}=${variable.example}\n`;
  });
  return `# Copy to .env: npm start reads it.\n\n${blocks.join('\n')}`;
}
