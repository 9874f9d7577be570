import { type ErrorKind, KindError } from '../../domain/errors.ts';
import { RefusedStatement } from './connection.ts';

interface Meaning {
  kind: ErrorKind;
  message: string;
  fix: string;
}

const lost: Meaning = {
  kind: 'transient',
  message: 'The connection to the database is lost',
  fix: 'It is tried again; see that PostgreSQL runs and can be reached.',
};
const noAccess: Meaning = {
  kind: 'config',
  message: 'The database does not let us in',
  fix: 'Correct user, password and database in `store:`.',
};
const unknownHost: Meaning = {
  kind: 'config',
  message: 'The database server is not known',
  fix: 'Correct its name in `store:`.',
};
const noRight: Meaning = {
  kind: 'config',
  message: 'This user lacks a right in the database',
  fix: 'Let the owner of the schema run `prepaid-hours run` once after an upgrade, and see the rights that the guide lists.',
};
const full: Meaning = {
  kind: 'config',
  message: 'The database has no space left; the transaction was rolled back',
  fix: 'Free space on its disk, then run again.',
};
const takenOver: Meaning = {
  kind: 'transient',
  message: 'This process was stopped for too long, and another one works on the database now',
  fix: 'What was not finished is done by the other one.',
};
const busy: Meaning = {
  kind: 'transient',
  message: 'Another process is writing to the database',
  fix: 'Try again when it is done.',
};

/** SQLSTATE codes, or their first two letters: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const meanings = new Map<string, Meaning>([
  ['08', lost],
  ['57P', lost],
  ['25P03', lost],
  ['ECONNREFUSED', lost],
  ['ECONNRESET', lost],
  ['ETIMEDOUT', lost],
  ['EHOSTUNREACH', lost],
  ['EAI_AGAIN', lost],
  ['ENOTFOUND', unknownHost],
  ['28', noAccess],
  ['3D', noAccess],
  ['42501', noRight],
  ['53100', full],
  ['53', lost],
  // A cursor or a temporary table that went with its connection.
  ['34', lost],
  ['55P03', busy],
  ['40', busy],
  ['PH001', takenOver],
]);

export function isConnectionLost(error: unknown): boolean {
  return error instanceof RefusedStatement && meaningOf(error) === lost;
}

/** Raised by our own function `renew_lease`. */
export function isLeaseLost(error: unknown): boolean {
  return error instanceof RefusedStatement && error.code === 'PH001';
}

/** What a person can mend becomes an operating error; all else is a defect and stays as it is. */
export function fromPostgresError(error: unknown, name: string): unknown {
  if (!(error instanceof RefusedStatement)) return error;
  const meaning = meaningOf(error);
  if (meaning === undefined) return error;
  const { kind, message, fix } = meaning;
  return new KindError(kind, `${message}: ${name} (${error.reason}).`, { fix, cause: error });
}

function meaningOf({ code, reason }: RefusedStatement): Meaning | undefined {
  if (code === '42P01' && reason.includes('pg_temp.')) return lost;
  // The driver's own errors have no code.
  if (code === null) return /connection|timeout|closed/i.test(reason) ? lost : undefined;
  return meanings.get(code) ?? meanings.get(code.slice(0, 3)) ?? meanings.get(code.slice(0, 2));
}
