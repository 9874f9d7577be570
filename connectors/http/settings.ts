/** Settings that most vendors share, for their `config.ts`. */
import { z } from 'zod';
import { isKindError } from '../../src/domain/errors.ts';
import { parseBaseUrl } from './requests/address.ts';

/** A name as the vendor's UI shows it. */
export const Name = z.string().trim().min(1);

/** At least one. */
export const Names = z.array(Name).min(1);

/** Absent: the vendor applies the client's own payment terms. */
export const DueInDays = z
  .int()
  .min(0)
  .max(365)
  .optional()
  .describe('Days until the invoice of a sale is due. Default: the client’s own payment terms.');

/** `contact`: how the vendor identifies one; `what`: the same in words. */
export function contactsBy<Contact extends z.ZodType>(contact: Contact, what: string) {
  const receives = 'that gets the notes for the client. Default: the ticket has no contact.';
  return z.record(z.string(), contact).default({}).describe(`By client ID: ${what} ${receives}`);
}

/** A whole number from 1 to `max`. */
export function upTo(max: number, otherwise: number, description: string) {
  return z.int().min(1).max(max).default(otherwise).describe(description);
}

/** A group of settings for one kind of message; `what`: which. */
export function neededFor<Group extends z.ZodType>(
  group: Group,
  what: string,
  description: string,
) {
  const needed = `needed only where ${what} go to this connection.`;
  return group.optional().describe(`${description}; ${needed}`);
}

/** A setting that is on or off. */
export function toggle(otherwise: boolean, description: string) {
  return z.boolean().default(otherwise).describe(description);
}

/** The address of an API, with its path; https, or loopback. Without the slash at its end. */
export const BaseUrl = address(false);

/** The host of an API alone. */
export const HostUrl = address(true);

function address(isHost: boolean) {
  return z
    .string()
    .transform((text) => text.replace(/\/+$/, ''))
    .superRefine((text, ctx) => {
      try {
        if (parseBaseUrl(text).pathname === '/' || !isHost) return;
        ctx.addIssue({ code: 'custom', message: 'contains a path; give only the host' });
      } catch (error) {
        if (!isKindError(error)) throw error;
        ctx.addIssue({ code: 'custom', message: error.message });
      }
    });
}

/** IANA time zone, such as `Europe/Paris`. */
export const Zone = Name.refine(isZone, 'is not an IANA time zone, such as Europe/Paris');

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
