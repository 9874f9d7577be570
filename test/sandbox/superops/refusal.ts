/** SuperOps' way to say no with HTTP 200. */
import type { SandboxAnswer } from '../server.ts';

export class Refusal extends Error {
  readonly code: string;
  readonly attribute: string;

  constructor(code: string, attribute: string) {
    super(`Refused: ${code}`);
    this.code = code;
    this.attribute = attribute;
  }
}

export function refused(code: string, attribute = ''): Refusal {
  return new Refusal(code, attribute);
}

/** `data.<field>` is null beside the errors. */
export function refusal(code: string, field: string | null, attribute = ''): SandboxAnswer {
  const clientError = [{ code, ...(attribute && { param: { attributes: [attribute] } }) }];
  const extensions = { classification: 'DataFetchingException', clientError };
  const data = field === null ? null : { [field]: null };
  return { status: 200, json: { data, errors: [{ message: code, extensions }] } };
}

/** Nothing was run. */
export function invalid(message: string): SandboxAnswer {
  const extensions = { classification: 'ValidationError' };
  return { status: 200, json: { errors: [{ message, extensions }] } };
}

/** Something failed inside, before or after it was done. */
export function internalError(field: string): SandboxAnswer {
  const message = 'Internal Server Error(s) while executing query';
  const extensions = { classification: 'DataFetchingException' };
  return { status: 200, json: { data: { [field]: null }, errors: [{ message, extensions }] } };
}
