/** https://docs.stripe.com/webhooks#verify-manually: `t=…,v1=…`, an HMAC-SHA256 of time and body. */
import type { Poke } from '../../src/contract/connector.ts';
import { isHmacOf } from '../kit/signature.ts';
import type { StripeConfig } from './config.ts';

/** A signature is not accepted later, so that one that was caught cannot be replayed. */
const toleranceSeconds = 300;

export function isSigned({ webhookSecret }: StripeConfig, { header, body, nowMs }: Poke): boolean {
  const given = header('stripe-signature');
  if (webhookSecret === undefined || given === undefined) return false;
  const parts = given.split(',').map((part) => part.split('='));
  const valuesOf = (name: string) =>
    parts.flatMap(([key, value]) => (key === name ? (value ?? []) : []));
  const [time = ''] = valuesOf('t');
  if (!/^\d{1,12}$/.test(time)) return false;
  if (Math.abs(nowMs / 1000 - Number(time)) > toleranceSeconds) return false;
  const signed = [Buffer.from(`${time}.`), body];
  return valuesOf('v1').some((signature) => isHmacOf(signed, webhookSecret, signature));
}
