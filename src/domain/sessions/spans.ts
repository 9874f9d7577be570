/** From, and until just before, in milliseconds. */
export interface Span {
  fromMs: number;
  toMs: number;
}

/** What is left of the spans outside another one. */
export function subtractSpan<Of extends Span>(spans: readonly Of[], taken: Span): Of[] {
  return spans.flatMap((span) => {
    if (taken.toMs <= span.fromMs || span.toMs <= taken.fromMs) return [span];
    return [
      { ...span, toMs: Math.min(span.toMs, taken.fromMs) },
      { ...span, fromMs: Math.max(span.fromMs, taken.toMs) },
    ].filter(({ fromMs, toMs }) => fromMs < toMs);
  });
}

/** The spans in order, where each only keeps what no earlier one has. */
export function withoutOverlaps<Of extends Span>(spans: readonly Of[]): Of[] {
  const kept: Of[] = [];
  let reachedMs = Number.NEGATIVE_INFINITY;
  for (const span of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const fromMs = Math.max(span.fromMs, reachedMs);
    if (fromMs < span.toMs) kept.push({ ...span, fromMs });
    reachedMs = Math.max(reachedMs, span.toMs);
  }
  return kept;
}

export function sumSpans(spans: readonly Span[]): number {
  return spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}

/** The part of the spans within another one. */
export function clipSpans<Of extends Span>(spans: readonly Of[], within: Span): Of[] {
  return spans
    .map((span) => ({
      ...span,
      fromMs: Math.max(span.fromMs, within.fromMs),
      toMs: Math.min(span.toMs, within.toMs),
    }))
    .filter(({ fromMs, toMs }) => fromMs < toMs);
}

/** Takes an amount from the spans, from the first on; returns the rest of them and of the amount. */
export function takeFromSpans<Of extends Span>(
  spans: readonly Of[],
  amountMs: number,
  isWanted: (span: Of) => boolean,
): { left: Of[]; amountMs: number } {
  let restMs = amountMs;
  const left = spans.flatMap((span) => {
    const takenMs = isWanted(span) ? Math.min(restMs, span.toMs - span.fromMs) : 0;
    restMs -= takenMs;
    const fromMs = span.fromMs + takenMs;
    return fromMs < span.toMs ? [{ ...span, fromMs }] : [];
  });
  return { left, amountMs: restMs };
}
