import { expect, test } from '@jest/globals';
import { findClient } from '../../src/cli/input/find-client.ts';
import { client } from '../reports/report-bench.ts';

const clients = [
  client({ id: 'dupont', name: 'Dupont Plomberie' }),
  client({ id: 'dupond', name: 'Dupond et Fils' }),
  client({ id: 'ecole', name: 'École Saint-Éloi' }),
  client({ id: 'fils', name: 'Fils' }),
];

test.each([
  ['dupont', 'dupont'],
  ['Dupont Plomberie', 'dupont'],
  ['dupont plomberie', 'dupont'],
  ['plomb', 'dupont'],
  ['ecole', 'ecole'],
  ['saint-eloi', 'ecole'],
  ['fils', 'fils'],
])('%p finds %p', (query, id) => {
  expect(findClient(clients, query).id).toBe(id);
});

test.each([
  ['Dupon', /"Dupon" matches 2 clients/, /Dupont Plomberie \(dupont\), Dupond et Fils/],
  ['Dupnot', /no client "Dupnot"/, /Did you mean "Dupont Plomberie"/],
  ['Martin', /no client "Martin"/, /Clients: Dupont Plomberie, Dupond et Fils/],
  ['', /no client ""/, /Clients:/],
])('%p is refused with the names that come near', (query, message, fix) => {
  expect(() => findClient(clients, query)).toThrow(message);
  try {
    findClient(clients, query);
  } catch (error) {
    expect(error).toMatchObject({ kind: 'config', fix: expect.stringMatching(fix) });
  }
});

test('where no client is known yet, the way out is said', () => {
  expect(() => findClient([], 'x')).toThrow(
    expect.objectContaining({ fix: expect.stringContaining('run') }),
  );
});
