import type { ErrorKind } from '../../domain/errors.ts';

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
}
