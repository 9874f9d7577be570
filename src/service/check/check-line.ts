import type { Connector } from '../../contract/connector.ts';
import type { ErrorKind } from '../../domain/errors.ts';
import type { App } from '../app/app.ts';

/** One thing that `check` found, in order or not. */
export interface CheckLine {
  /** Null: the config file, or what is stored. */
  connection: string | null;
  id: string;
  status: 'ok' | 'warning' | 'failed';
  detail: string;
  /** What to do; present unless ok. */
  fix?: string;
  /** Of the error behind a failure, where one is. */
  kind?: ErrorKind;
  /** A warning that asks for no action: the first real case verifies it. */
  isUnverified?: true;
}

/** One connection that is checked, with what the config says of it. */
export interface CheckTarget extends Pick<App, 'config' | 'clients' | 'now'> {
  connection: string;
  connector: Connector;
  signal: AbortSignal;
}
