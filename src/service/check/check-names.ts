import type { LoadedConfig } from '../../config/loaded.ts';
import { suggestion } from '../../config/nearest.ts';
import type { NameKind, NameLists } from '../../contract/connector.ts';
import type { Agreement, Client } from '../../domain/agreements/terms.ts';
import { isListed } from '../../domain/charges/coverage.ts';
import type { NameNotice } from '../../domain/records/names.ts';
import type { CheckLine } from './check-line.ts';

interface Reference {
  kind: NameKind;
  name: string;
  /** Where it is in the config: `agreement "standard"`. */
  where: string;
  /** The connection that must have it; null: one of them. */
  connection: string | null;
}

const words: Record<NameKind, string> = {
  boards: 'board',
  ticketTypes: 'ticket type',
  workTypes: 'work type',
  roles: 'role',
  agreements: 'agreement of the PSA',
  clientFields: 'client field',
};

/**
 * Compares every name used in a rule with the connections' names: a misspelt work type would
 * otherwise be debited, or left out, permanently. Null: a connection whose names could not be read;
 * names that it may have are not reported. A renamed one is followed.
 */
export function checkNames(
  config: LoadedConfig,
  clients: readonly Client[],
  lists: ReadonlyMap<string, NameLists | null>,
  notices: readonly NameNotice[],
): CheckLine[] {
  const renamed = notices.filter(({ state }) => state === 'renamed');
  const isFollowed = ({ kind, name }: Reference) =>
    renamed.some((one) => `${one.kind}s` === kind && isListed(one.name, [name]));
  return collectReferences(config, clients).flatMap((reference) => {
    if (isFollowed(reference)) return [];
    const fault = faultOf(reference, lists);
    return fault === null ? [] : [fault];
  });
}

function collectReferences(config: LoadedConfig, clients: readonly Client[]): Reference[] {
  const references = [...config.agreements.values()].flatMap((agreement) =>
    namesIn(agreement, `agreement "${agreement.name}"`),
  );
  const known = new Set(references.map(({ kind, name }) => `${kind}\n${name}`));
  for (const client of clients) {
    const own = namesIn(client.agreement, `the overrides of "${client.name}"`);
    references.push(...own.filter(({ kind, name }) => !known.has(`${kind}\n${name}`)));
  }
  references.push(...namesOfBlocks(config, clients));
  if (config.balanceField !== null) {
    const { connection, field } = config.balanceField;
    references.push({ kind: 'clientFields', name: field, where: 'balanceField', connection });
  }
  return references;
}

/** Work types that blocks are limited to. */
function namesOfBlocks(config: LoadedConfig, clients: readonly Client[]): Reference[] {
  const offers = [...config.offers.values()].map(({ name, workTypes }) => {
    return { where: `the offer "${name}"`, workTypes };
  });
  const opening = clients.flatMap(({ name, openingBlocks }) =>
    openingBlocks.map(({ workTypes }) => ({ where: `a block of "${name}"`, workTypes })),
  );
  return [...offers, ...opening].flatMap(({ where, workTypes }) =>
    (workTypes ?? []).map(
      (name) => ({ kind: 'workTypes', name, where, connection: null }) as const,
    ),
  );
}

function namesIn(agreement: Agreement, where: string): Reference[] {
  const { applies, workTypes, workTypeMinimums, roles, multipliers, proactive } = agreement;
  const ruled = (key: 'workType' | 'role') => multipliers.flatMap((rule) => rule[key] ?? []);
  const named: [NameKind, readonly string[]][] = [
    ['boards', [...(applies.boards ?? []), ...(proactive?.boards ?? [])]],
    ['ticketTypes', [...(applies.ticketTypes ?? []), ...(proactive?.ticketTypes ?? [])]],
    ['agreements', applies.agreements ?? []],
    [
      'workTypes',
      [
        ...workTypes.covered,
        ...workTypes.excluded,
        ...workTypeMinimums.map(({ workType }) => workType),
        ...ruled('workType'),
        ...(proactive?.workTypes ?? []),
      ],
    ],
    ['roles', [...roles.covered, ...roles.excluded, ...ruled('role')]],
  ];
  return named.flatMap(([kind, names]) =>
    [...new Set(names)].map((name) => ({ kind, name, where, connection: null })),
  );
}

function faultOf(
  { kind, name, where, connection }: Reference,
  lists: ReadonlyMap<string, NameLists | null>,
): CheckLine | null {
  const asked = connection === null ? [...lists.values()] : [lists.get(connection) ?? null];
  if (asked.includes(null)) return null;
  const answered = asked.flatMap((list) => (list?.[kind] === undefined ? [] : [list[kind]]));
  const known = answered.flat().map((one) => (typeof one === 'string' ? one : one.name));
  if (answered.length === 0 || isListed(name, known)) return null;
  return {
    connection,
    id: `name.${kind}`,
    status: 'failed',
    detail: `There is no ${words[kind]} "${name}", used in ${where}.`,
    fix: `In the config, ${suggestion(name, known, `${words[kind]}s`)}`,
  };
}
