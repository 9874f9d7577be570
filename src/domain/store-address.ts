import { KindError } from './errors.ts';

/** Where a store in PostgreSQL is: one schema of a database. */
export interface PostgresAddress {
  /** For the driver, without our own `schema` parameter. */
  url: string;
  schema: string;
  /** For messages: without the password. */
  name: string;
}

const schemes = /^postgres(?:ql)?:\/\//;
const defaultSchema = 'prepaid_hours';

export function isPostgres(place: string): boolean {
  return schemes.test(place);
}

/** For messages and notes: the file, or the address without its password. */
export function nameOfPlace(place: string): string {
  return isPostgres(place) ? addressOf(place).name : place;
}

/** Reads `postgres://user:password@host:5432/database?schema=prepaid_hours`. Throws `config`. */
export function addressOf(place: string): PostgresAddress {
  const url = URL.canParse(place) ? new URL(place) : null;
  const schema = url?.searchParams.get('schema') ?? defaultSchema;
  if (url === null || url.pathname.length < 2 || !/^[a-z_][a-z0-9_]{0,39}$/.test(schema)) {
    throw new KindError('config', 'The address of the PostgreSQL database is not valid.', {
      fix: 'Write it as postgres://USER:PASSWORD@HOST:5432/DATABASE, with letters such as @ or / of the password as %40 or %2F. A schema (?schema=NAME) is written in small letters.',
    });
  }
  url.searchParams.delete('schema');
  const address = url.href;
  url.password = '';
  url.search = schema === defaultSchema ? '' : `?schema=${schema}`;
  return { url: address, schema, name: url.href };
}
