import { expect, test } from '@jest/globals';
import { isMatched } from '../../src/domain/sessions/counted.ts';
import { matchTechnicians, type Technician } from '../../src/domain/sessions/technicians.ts';

function technician(key: string, name: string, email: string | null = null): Technician {
  const [connection = '', id = ''] = key.split(' ');
  return { connection, id, name, email };
}

function areOne(technicians: Technician[], rules: Parameters<typeof matchTechnicians>[1] = []) {
  const book = matchTechnicians(technicians, rules);
  const people = technicians.map(({ connection, id }) => book.personOf(connection, id));
  return new Set(people).size === 1;
}

test('technicians are matched by e-mail, or else by name, whatever its case and accents', () => {
  const tess = technician('psa 1', 'Tess', 'Tess@example.com');
  expect(areOne([tess, technician('rmm a', 'T. Smith', 'tess@EXAMPLE.com')])).toBe(true);
  expect(areOne([technician('psa 1', 'Zoé  Roux'), technician('rmm a', 'zoe roux')])).toBe(true);
  expect(areOne([tess, technician('rmm a', 'Bo')])).toBe(false);
});

test('a name that two technicians of one system have matches nobody', () => {
  const both = [technician('psa 1', 'Tess'), technician('psa 2', 'Tess')];
  const book = matchTechnicians([...both, technician('rmm a', 'Tess')], []);
  expect(book.membersOf(book.personOf('rmm', 'a'))).toEqual([{ connection: 'rmm', id: 'a' }]);
});

test('nobody becomes two technicians of one system', () => {
  const technicians = [
    technician('psa 1', 'Tess', 'tess@example.com'),
    technician('rmm a', 'Tessa', 'tess@example.com'),
    technician('psa 2', 'Tessa'),
  ];
  const book = matchTechnicians(technicians, []);
  expect(book.personOf('psa', '1')).toBe(book.personOf('rmm', 'a'));
  expect(book.personOf('psa', '2')).not.toBe(book.personOf('psa', '1'));
});

test('the config goes first', () => {
  const technicians = [
    technician('psa 1', 'Tess', 'tess@example.com'),
    technician('psa 2', 'T. Smith'),
    technician('rmm a', 'Tess', 'tess@example.com'),
  ];
  const rules = [
    {
      name: 'T',
      ids: new Map([
        ['psa', '2'],
        ['rmm', 'a'],
      ]),
    },
  ];
  const book = matchTechnicians(technicians, rules);
  expect(book.personOf('rmm', 'a')).toBe(book.personOf('psa', '2'));
  expect(book.personOf('rmm', 'a')).not.toBe(book.personOf('psa', '1'));
});

test('whoever logs elsewhere must be known there; whoever logs in the same system is', () => {
  const technicians = matchTechnicians([technician('rmm a', 'Tess')], []);
  expect(isMatched({ technicians, timeConnections: ['psa'] }, 'rmm', 'a')).toBe(false);
  expect(isMatched({ technicians, timeConnections: ['rmm'] }, 'rmm', 'a')).toBe(true);
  const rules = [{ name: 'Tess', ids: new Map([['rmm', 'a']]) }];
  const named = matchTechnicians([technician('rmm a', 'Tess')], rules);
  expect(isMatched({ technicians: named, timeConnections: ['psa'] }, 'rmm', 'a')).toBe(true);
});
