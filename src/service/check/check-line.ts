import type { Connector } from '../../contract/connector.ts';
import type { ErrorKind } from '../../domain/errors.ts';
import type { App } from '../app/app.ts';

/** One result of `check`. */
export interface CheckLine {
  /** Null: the config file, or the stored data. */
  connection: string | null;
  id: string;
  status: 'ok' | 'warning' | 'failed';
  detail: string;
  /** What to do; present unless ok. */
  fix?: string;
  /** The kind of the error behind a failure, if any. */
  kind?: ErrorKind;
  /** A warning that asks for no action: the first real case verifies it. */
  isUnverified?: true;
}

/** Of the config file or the stored data. */
export function toWarning(id: string, detail: string, fix: string): CheckLine {
  return { connection: null, id, status: 'warning', detail, fix };
}

/** A connection to check, with its part of the config. */
export interface CheckTarget extends Pick<App, 'config' | 'store' | 'clients' | 'now'> {
  connection: string;
  connector: Connector;
  signal: AbortSignal;
}
