/** A ticket that bears our key, in the field that the config says. */
import { z } from 'zod';
import { KindError } from '../../src/domain/errors.ts';
import { Id } from '../http/wire.ts';
import type { AutotaskConfig } from './config.ts';
import { UserDefinedFields } from './schema.ts';

export const KeyedTicket = UserDefinedFields.extend({
  id: Id,
  companyID: Id.nullish(),
  ticketNumber: z.string().nullish(),
  externalID: z.string().nullish(),
});
export type KeyedTicket = z.infer<typeof KeyedTicket>;

export function keyOf(wire: KeyedTicket, keyField: string | undefined): string | null {
  if (keyField === undefined) return wire.externalID ?? null;
  const value = wire.userDefinedFields?.find(({ name }) => name === keyField)?.value;
  return typeof value === 'string' ? value : null;
}

export function alertsOf(config: AutotaskConfig): NonNullable<AutotaskConfig['alerts']> {
  if (config.alerts !== undefined) return config.alerts;
  throw new KindError('config', 'This Autotask connection has no settings for alert tickets.', {
    fix: 'Add alerts: { queue: NAME } to it.',
  });
}
