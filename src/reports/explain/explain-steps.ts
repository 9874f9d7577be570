import {
  addedByMinimums,
  type ChargeFacts,
  type PieceFacts,
} from '../../domain/charges/charge-facts.ts';
import { dateInZone } from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import { plainText } from '../format/plain-text.ts';
import type { Texts } from '../text/texts.ts';
import { type PaidPart, passedOverTexts, shareTexts } from './explain-payers.ts';

type StepName =
  | 'summary'
  | 'whose'
  | 'covered'
  | 'when'
  | 'long'
  | 'dear'
  | 'blocks'
  | 'waiting'
  | 'history';

export interface ExplainStep {
  step: StepName;
  lines: string[];
}

interface ChargeExplained {
  facts: ChargeFacts;
  payment: readonly PaidPart[];
  clientName: string;
  zone: ZoneName;
}

/** The six steps that decided a charge, from the facts stored with it. */
export function chargeSteps(charge: ChargeExplained, texts: Texts): ExplainStep[] {
  const { facts, zone } = charge;
  const words = texts.explain;
  const closedAt = facts.ticket?.closedAt ?? null;
  const closedOn = closedAt === null ? null : texts.date(dateInZone(closedAt, zone));
  const { rounding } = facts;
  const isRounded = rounding.workedSeconds > 0;
  return [
    { step: 'summary', lines: [summarySentence(charge, texts)] },
    {
      step: 'whose',
      lines: [
        words.whose(
          plainText(charge.clientName),
          plainText(facts.connection),
          plainText(facts.agreement),
        ),
      ],
    },
    { step: 'covered', lines: facts.parts.map((part) => words.part(part, texts)) },
    { step: 'when', lines: [words.when(facts.debitWhen, closedOn)] },
    {
      step: 'long',
      lines: [
        isRounded
          ? `${words.rounding(rounding, texts)} (${words.roundingRule(rounding, texts)}).`
          : `${words.rounding(rounding, texts)}.`,
      ],
    },
    { step: 'dear', lines: isRounded ? rateLines(facts, texts) : [words.free] },
    { step: 'blocks', lines: blockLines(charge, texts) },
  ];
}

/** `41 min worked, rounded per ticket to 45 min; …; 1 h from block b-12 (20 h at $130.00).` */
function summarySentence(charge: ChargeExplained, texts: Texts): string {
  const { facts, payment } = charge;
  const words = texts.explain;
  const clauses = [words.rounding(facts.rounding, texts)];
  if (facts.seconds === 0) clauses.push(words.free);
  else {
    const shares = payment.flatMap((part) => shareTexts(part, texts));
    clauses.push(...multiplierClause(facts, texts), ...shares);
  }
  return `${texts.clauses(clauses)}.`;
}

/** One clause if a single factor applies to all; otherwise one per rule, and their sum. */
function multiplierClause(facts: ChargeFacts, texts: Texts): string[] {
  const pieces = facts.parts.flatMap((part) => part.pieces);
  const factors = new Set(pieces.map((piece) => piece.factorThousandths));
  const [first] = pieces;
  if (first === undefined || (factors.size === 1 && factors.has(1000))) return [];
  const { explain } = texts;
  if (factors.size === 1) {
    const factor = texts.factor(first.factorThousandths);
    const rule = ruleNames(first.rules, texts);
    return [explain.multiplied(rule, factor, texts.duration(facts.seconds))];
  }
  return [...sharesByRule(pieces, texts), explain.mixed(texts.duration(facts.seconds))];
}

/** How much of the work each rule charged at a higher (or lower) rate. */
function sharesByRule(pieces: readonly PieceFacts[], texts: Texts): string[] {
  const sums = new Map<string, PieceFacts>();
  for (const piece of pieces) {
    if (piece.rules.length === 0) continue;
    const key = JSON.stringify([piece.factorThousandths, piece.rules]);
    const sum = sums.get(key) ?? { ...piece, seconds: 0 };
    sums.set(key, { ...sum, seconds: sum.seconds + piece.seconds });
  }
  return [...sums.values()].map(({ seconds, factorThousandths, rules }) =>
    texts.explain.share(
      texts.duration(seconds),
      ruleNames(rules, texts),
      texts.factor(factorThousandths),
    ),
  );
}

function rateLines({ parts, rounding, seconds }: ChargeFacts, texts: Texts): string[] {
  const { explain } = texts;
  const lines = parts
    .flatMap((part) => part.pieces)
    .map((piece) => {
      const worked = texts.duration(piece.seconds);
      if (piece.rules.length === 0) return `${texts.labelled(worked, explain.plainRate)}.`;
      const result = multiplied(piece.seconds, piece.factorThousandths);
      const factor = texts.factor(piece.factorThousandths);
      const rule = ruleNames(piece.rules, texts);
      const equation = explain.multiplied(rule, factor, texts.duration(result));
      return `${texts.labelled(worked, equation)}.`;
    });
  for (const { workType, addedSeconds, factorThousandths } of rounding.minimums ?? []) {
    if (addedSeconds === 0) continue;
    const factor = texts.factor(factorThousandths);
    lines.push(`${explain.minimumAdded(texts.duration(addedSeconds), workType, factor)}.`);
  }
  const difference = rounding.roundedSeconds - rounding.workedSeconds - addedByMinimums(rounding);
  if (difference !== 0) {
    const factor = texts.factor(rounding.differenceFactorThousandths);
    const text = explain.difference(texts.duration(Math.abs(difference)), difference > 0, factor);
    lines.push(`${text}.`);
  }
  if (lines.length > 1) lines.push(`${explain.mixed(texts.duration(seconds))}.`);
  return lines;
}

/** For display only: the charge itself is rounded to the second once, over all its pieces. */
function multiplied(seconds: number, factorThousandths: number): number {
  return Math.round((seconds * factorThousandths) / 1000);
}

function ruleNames(rules: PieceFacts['rules'], texts: Texts): string {
  return texts.list(rules.map(({ kind, name }) => texts.explain.rule(kind, name)));
}

function blockLines({ payment }: ChargeExplained, texts: Texts): string[] {
  const lines = payment.flatMap((part) => [
    ...shareTexts(part, texts),
    ...passedOverTexts(part, texts),
  ]);
  return lines.length === 0 ? [texts.explain.nothingTaken] : lines.map((line) => `${line}.`);
}
