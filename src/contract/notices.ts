import type { Redactor } from '../domain/redaction.ts';
import type { ConnectorLog } from './connector.ts';

/** A request to an address of the admin's own choice: not to a vendor. */
export interface NoticeRequest {
  method: 'GET' | 'POST';
  url: string;
  /** Sent as JSON. */
  body?: unknown;
}

export interface NoticeContext {
  log: ConnectorLog;
  redactor: Redactor;
  now(): number;
  signal: AbortSignal;
}

/** Sends it once. Throws KindError unless it was accepted, whatever the answer's body is. */
export type SendNotice = (request: NoticeRequest, context: NoticeContext) => Promise<void>;
