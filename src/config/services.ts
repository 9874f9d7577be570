import { findNoticeClient } from './checks/client-checks.ts';
import { notGiven } from './connections.ts';
import { atValue, type Path, type Problem } from './fault.ts';
import type { LoadedConfig } from './loaded.ts';
import { textAt, valueAt } from './read/raw.ts';
import { Notify, readListen, tokenLengthMin, Web } from './schema/service-schema.ts';

type Sections = Readonly<Record<string, unknown>>;

const receivers: readonly Path[] = [
  ['notify', 'webhook'],
  ['notify', 'ping'],
];
const addresses: readonly Path[] = [...receivers, ['web', 'url']];

/** What can only be checked of the substituted values; they are secrets and never quoted. */
export function serviceFaults(sections: Sections): Problem[] {
  return [...tokenFaults(sections), ...addressFaults(sections)];
}

function tokenFaults(sections: Sections): Problem[] {
  const token = givenAt(sections, ['web', 'token']);
  if (token === null || token.length >= tokenLengthMin) return [];
  const message = `the token is shorter than ${tokenLengthMin} characters and could be guessed; use, for example, the output of \`openssl rand -hex 24\``;
  return [atValue(['web', 'token'], message)];
}

function addressFaults(sections: Sections): Problem[] {
  const faults = addresses.flatMap((path) => {
    const url = givenAt(sections, path);
    if (url === null || isAddress(url)) return [];
    return [
      atValue(path, 'the value is not an https URL; use one such as https://hooks.example.com/…'),
    ];
  });
  const notify = valueAt(sections, ['notify']);
  const anyone = [...receivers, ['notify', 'client']];
  if (notify === undefined || anyone.some((path) => valueAt(sections, path) !== undefined)) {
    return faults;
  }
  return [...faults, atValue(['notify'], 'nobody is notified; add `webhook`, `ping` or `client`')];
}

/** Null where there is none, or a fault about it was found already. */
function givenAt(sections: Sections, path: Path): string | null {
  const text = textAt(sections, ...path);
  return text === null || text === '' || text === notGiven || text.startsWith('${') ? null : text;
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  const isLoopback = /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback);
}

/** Of valid sections; `raw` is the whole file. */
export function buildServices(
  { web, notify }: Sections,
  raw: unknown,
): Pick<LoadedConfig, 'web' | 'notify'> {
  return {
    web: web === undefined ? null : buildWeb(Web.parse(web)),
    notify: notify === undefined ? null : buildNotify(Notify.parse(notify), raw),
  };
}

function buildWeb({ listen, token, url }: Web): LoadedConfig['web'] {
  const address = readListen(listen);
  if (address === null) throw new Error('The config was built although `listen` is no address.');
  return { ...address, token, url: url?.replace(/\/+$/, '') ?? null };
}

function buildNotify({ webhook, ping, after }: Notify, raw: unknown): LoadedConfig['notify'] {
  const client = findNoticeClient(raw);
  return { webhook: webhook ?? null, ping: ping ?? null, client, after };
}

/** Shorter parts of a path are words that any text may contain. */
const segmentMin = 16;

/**
 * What is secret about the addresses, in place of them. A long secret is redacted from its first letters
 * on, and those of an address are its host's: every other address there would be redacted, too.
 */
export function withPathSecrets(
  secrets: readonly string[],
  { notify }: Pick<LoadedConfig, 'notify'>,
): string[] {
  const urls = [notify?.webhook, notify?.ping].filter((url) => url !== null && url !== undefined);
  const parts = urls
    .filter((url) => URL.canParse(url))
    .flatMap((text) => {
      const { pathname, search, searchParams } = new URL(text);
      const segments = [...pathname.split('/'), ...searchParams.values()];
      const long = segments.filter(({ length }) => length >= segmentMin);
      return [`${pathname}${search}`, pathname, ...long];
    });
  return [...secrets.filter((secret) => !urls.includes(secret)), ...parts];
}
