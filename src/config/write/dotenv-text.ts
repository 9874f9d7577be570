import { KindError } from '../../domain/errors.ts';
import { dotenvValues } from '../read/environment.ts';

/**
 * The text of a `.env` with these variables set; its other lines stay as they are. Throws `config`
 * where a value cannot be written so that it is read back the same.
 */
export function setVariables(text: string, variables: ReadonlyMap<string, string>): string {
  let lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  for (const [name, value] of variables) {
    const line = variableLine(name, value);
    const isOwn = (one: string) => new RegExp(`^\\s*(export\\s+)?${name}\\s*=`).test(one);
    lines = lines.some(isOwn) ? lines.map((one) => (isOwn(one) ? line : one)) : [...lines, line];
  }
  const written = `${lines.join('\n')}\n`;
  const read = dotenvValues(written);
  const before = Object.entries(dotenvValues(text)).filter(([name]) => !variables.has(name));
  for (const [name, value] of [...before, ...variables]) {
    if (read[name] === value) continue;
    throw new KindError('config', `${name} cannot be written into .env.`, {
      fix: `Write the value into a file of its own and set ${name}_FILE to its path.`,
    });
  }
  return written;
}

function variableLine(name: string, value: string): string {
  if (/^[\w.\-+/=:@~%!*]+$/.test(value)) return `${name}=${value}`;
  const quote = ["'", '`', '"'].find((mark) => !value.includes(mark)) ?? "'";
  return `${name}=${quote}${value}${quote}`;
}
