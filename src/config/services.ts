import { atValue, type Problem } from './fault.ts';
import type { LoadedConfig } from './loaded.ts';
import { textAt } from './read/raw.ts';
import { readListen, tokenLengthMin, Web } from './schema/service-schema.ts';

type Sections = Readonly<Record<string, unknown>>;

/** What can only be checked of the substituted values; they are secrets and never quoted. */
export function serviceFaults(sections: Sections): Problem[] {
  const token = textAt(sections, 'web', 'token');
  if (token === null || token === '' || token.startsWith('${')) return [];
  if (token.length >= tokenLengthMin) return [];
  const message = `the token is shorter than ${tokenLengthMin} characters and could be guessed; use, for example, the output of \`openssl rand -hex 24\``;
  return [atValue(['web', 'token'], message)];
}

/** Of valid sections. */
export function buildServices({ web }: Sections): Pick<LoadedConfig, 'web'> {
  return { web: web === undefined ? null : buildWeb(Web.parse(web)) };
}

function buildWeb({ listen, token }: Web): LoadedConfig['web'] {
  const address = readListen(listen);
  if (address === null) throw new Error('The config was built although `listen` is no address.');
  return { ...address, token };
}
