import { atKey, atValue, type Path, type Problem } from '../fault.ts';
import { suggestion } from '../nearest.ts';
import { keyed, listed, textAt, valueAt } from '../read/raw.ts';

/** References in the file to entries that do not exist. */
export function unknownReferences(raw: unknown): Problem[] {
  const problems: Problem[] = [];
  const names = (section: string) => keyed(valueAt(raw, [section])).map(([name]) => name);
  const refer = (path: Path, section: string, noun: string) => {
    const name = textAt(raw, ...path);
    const known = names(section);
    if (name === null || known.includes(name)) return;
    const message = `there is no ${noun} "${name}"; ${suggestion(name, known, section)}`;
    problems.push(atValue(path, message));
  };
  const referTerms = (path: Path) => {
    for (const index of listed(valueAt(raw, [...path, 'replenish'])).keys()) {
      refer([...path, 'replenish', index, 'offer'], 'offers', 'offer');
    }
    const collect = [...path, 'recharge', 'collect'];
    if (textAt(raw, ...collect) !== 'psa') refer(collect, 'connections', 'connection');
    for (const index of listed(valueAt(raw, [...path, 'multipliers'])).keys()) {
      refer(
        [...path, 'multipliers', index, 'outside'],
        'businessHours',
        'calendar in businessHours named',
      );
    }
  };

  refer(['pushTo'], 'connections', 'connection');
  refer(['balanceField', 'connection'], 'connections', 'connection');
  for (const name of names('agreements')) referTerms(['agreements', name]);
  for (const name of names('offers')) {
    refer(['offers', name, 'followedBy'], 'agreements', 'agreement');
  }
  for (const [index, client] of listed(valueAt(raw, ['clients'])).entries()) {
    const path = ['clients', index];
    refer([...path, 'agreement'], 'agreements', 'agreement');
    refer([...path, 'pushTo'], 'connections', 'connection');
    referTerms([...path, 'overrides']);
    for (const block of listed(valueAt(client, ['openingBlocks'])).keys()) {
      refer([...path, 'openingBlocks', block, 'followedBy'], 'agreements', 'agreement');
    }
    const connections = names('connections');
    for (const [name] of keyed(valueAt(client, ['ids']))) {
      if (connections.includes(name)) continue;
      const message = `there is no connection "${name}"; ${suggestion(name, connections, 'connections')}`;
      problems.push(atKey([...path, 'ids', name], message));
    }
    const known = keyed(valueAt(client, ['ids'])).map(([name]) => name);
    for (const [name] of keyed(valueAt(client, ['movedOn']))) {
      if (known.includes(name)) continue;
      const message = `the client has no ID in "${name}"; ${suggestion(name, known, 'its connections')}`;
      problems.push(atKey([...path, 'movedOn', name], message));
    }
  }
  return problems;
}
