import { z } from 'zod';
import { secretLengthMin } from '../../domain/redaction.ts';

/** Sections of the file, besides `connections`, in which `${NAME}` is substituted. */
export const serviceSections = ['web'] as const;

/** A token that a stranger could guess would protect nothing. */
export const tokenLengthMin = Math.max(16, secretLengthMin);

/** `HOST:PORT`; an IPv6 address is in brackets. Null: it is not one. */
export function readListen(text: string): { host: string; port: number } | null {
  const [, bracketed, plain, digits = ''] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? null : { host, port };
}

export const Web = z.strictObject({
  listen: z
    .string()
    .default('127.0.0.1:8080')
    .superRefine((text, context) => {
      if (readListen(text) !== null) return;
      const message = `"${text}" is not an address to listen on; write HOST:PORT, such as 127.0.0.1:8080`;
      context.addIssue({ code: 'custom', message });
    })
    .describe('Address and port. Anything but a loopback address can be reached by others'),
  token: z
    .string()
    .meta({ secret: true })
    .describe(
      `What people enter to see the page, and monitoring sends; at least ${tokenLengthMin} characters`,
    ),
});
export type Web = z.infer<typeof Web>;
