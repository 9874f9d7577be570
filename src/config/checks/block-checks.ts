import { atKey, atValue, type Path, type Problem } from '../fault.ts';
import { isKeyed, keyed, listed, textAt, valueAt } from '../read/raw.ts';
import { clientsByName, effectiveTerms } from './client-checks.ts';

/** A block holds hours at a rate, or money; a money block needs rates. */
export function blockFaults(raw: unknown): Problem[] {
  const offers = keyed(valueAt(raw, ['offers'])).flatMap(([name, offer]) =>
    blockTermFaults(offer, ['offers', name]),
  );
  const listedClients = listed(valueAt(raw, ['clients']));
  const byName = clientsByName(listedClients);
  const clients = listedClients.flatMap((client, index) => {
    const path = ['clients', index];
    const blocks = listed(valueAt(client, ['openingBlocks'])).flatMap((block, number) =>
      blockTermFaults(block, [...path, 'openingBlocks', number]),
    );
    return [...blocks, ...rateFaults(raw, client, byName, path), ...saleFaults(raw, client, path)];
  });
  return [...offers, ...clients];
}

function isMoney(block: unknown): boolean {
  return valueAt(block, ['amount']) !== undefined;
}

function blockTermFaults(block: unknown, path: Path): Problem[] {
  return [...sizeFaults(block, path), ...purposeFaults(block, path)];
}

function purposeFaults(block: unknown, path: Path): Problem[] {
  const [has, lacks] = ['purpose', 'followedBy'].toSorted((key) =>
    valueAt(block, [key]) === undefined ? 1 : -1,
  );
  if (has === undefined || lacks === undefined) return [];
  if (valueAt(block, [has]) === undefined || valueAt(block, [lacks]) !== undefined) return [];
  const example = { purpose: 'onboarding', followedBy: 'standard' };
  const message = `${has} needs ${lacks}; add it, such as ${lacks}: ${example[lacks as 'purpose']}`;
  return [atKey([...path, has], message)];
}

function sizeFaults(block: unknown, path: Path): Problem[] {
  if (!isKeyed(block)) return [];
  const has = (key: string) => valueAt(block, [key]) !== undefined;
  if (/^[0.]+$/.test(textAt(block, 'amount') ?? '')) {
    return [atValue([...path, 'amount'], 'a money block needs an amount above 0')];
  }
  if (isMoney(block) ? !has('hours') && !has('rate') : has('hours') && has('rate')) return [];
  const message = 'a block needs either hours and a rate, or an amount';
  return [atValue(path, message)];
}

/** The payer has, or may buy, a money block, and the client's agreement has no rates. */
function rateFaults(
  raw: unknown,
  client: unknown,
  byName: ReadonlyMap<string, unknown>,
  path: Path,
): Problem[] {
  if (valueAt(effectiveTerms(raw, client), ['rates']) !== undefined) return [];
  const payer = byName.get(textAt(client, 'paidBy') ?? '') ?? client;
  const opening = listed(valueAt(payer, ['openingBlocks']));
  const sold = listed(effectiveTerms(raw, payer).replenish).map((rule) =>
    valueAt(raw, ['offers', textAt(rule, 'offer') ?? '']),
  );
  if (![...opening, ...sold].some(isMoney)) return [];
  const message =
    'this client uses (or may buy) a money block, but its agreement has no rates; add them, such as rates: { hour: 120.00 }';
  return [atValue([...path, 'agreement'], message)];
}

/** The offer must be of the kind that runs low; otherwise the level would stay reached. */
function saleFaults(raw: unknown, client: unknown, path: Path): Problem[] {
  const isOwn = valueAt(client, ['overrides', 'replenish']) !== undefined;
  return listed(effectiveTerms(raw, client).replenish).flatMap((rule, index) => {
    const offer = valueAt(raw, ['offers', textAt(rule, 'offer') ?? '']);
    if (offer === undefined) return [];
    const when = valueAt(rule, ['when']);
    const isAboutMoney = valueAt(when, ['amountLeft']) !== undefined;
    const isAboutHours = ['hoursLeft', 'percentLeft', 'runOutWithinDays'].some(
      (key) => valueAt(when, [key]) !== undefined,
    );
    if (isMoney(offer) ? !isAboutHours : !isAboutMoney) return [];
    const name = textAt(rule, 'offer');
    const [kind, level] = isMoney(offer) ? ['money', 'hours'] : ['hours', 'money'];
    const message = `offer "${name}" is a block of ${kind}, but this threshold is in ${level}; use an offer of ${level}`;
    const terms = isOwn
      ? [...path, 'overrides']
      : ['agreements', textAt(client, 'agreement') ?? ''];
    return [atValue([...terms, 'replenish', index, 'offer'], message)];
  });
}
