/** The page's only style; the server allows it by its hash. No script and no other file is needed. */
export const style = `
:root { color-scheme: light dark; --page: #f5f6f8; --card: #fff; --ink: #1c2024; --soft: #565d66; --line: #dfe3e8; --good: #10632f; --warn: #7d4b00; --bad: #b3261e; --track: #e3e7ec; --good-bar: #2f9e5b; --warn-bar: #d98b18; --bad-bar: #d0453b; --good-tint: #e8f5ec; --warn-tint: #fdf2e0; --bad-tint: #fdecea; --code: #eef0f3; --link: #0b57b7; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171a; --card: #1d2125; --ink: #eceef0; --soft: #aab2bb; --line: #363c43; --good: #6fd08f; --warn: #f0b45a; --bad: #ff9b92; --track: #363c43; --good-bar: #3fa566; --warn-bar: #d98b18; --bad-bar: #e0605a; --good-tint: #1b2e22; --warn-tint: #33291a; --bad-tint: #3a2321; --code: #2a3036; --link: #8fbcff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, .top, footer { max-width: 70rem; margin: 0 auto; padding: 0 1.5rem; }
.top { padding-top: 2rem; }
footer { padding-top: 1.25rem; padding-bottom: 3rem; color: var(--soft); font-size: .875rem; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; font-weight: 650; text-wrap: balance; }
h2 { margin: 0 0 .75rem; font-size: 1.125rem; line-height: 1.3; font-weight: 650; }
p { margin: 0; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.name { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; margin-bottom: .75rem; color: var(--soft); font-size: .9rem; font-weight: 600; }
.name .first { margin-left: auto; font-weight: 400; }
.verdict { padding: 1.1rem 1.25rem; border-radius: 10px; border: 1px solid var(--line); border-left-width: 6px; background: var(--card); }
.verdict.good { border-left-color: var(--good-bar); }
.verdict.bad { border-left-color: var(--bad-bar); }
.verdict p { margin-top: .3rem; color: var(--soft); }
section { margin-top: 1.25rem; padding: 1.1rem 1.25rem 1.25rem; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
section > p + p { margin-top: .4rem; }
.soft { color: var(--soft); }
.problems { margin: 0; padding: 0; list-style: none; }
.problems li { padding: .8rem 0; border-top: 1px solid var(--line); }
.problems li:first-child { padding-top: 0; border-top: 0; }
.problems li:last-child { padding-bottom: 0; }
.problems strong { margin-left: .4rem; }
.problems p { margin-top: .25rem; overflow-wrap: anywhere; }
.badge { display: inline-block; padding: .05rem .5rem; border-radius: 99px; font-size: .8125rem; font-weight: 600; white-space: nowrap; color: var(--soft); background: var(--code); }
.badge.good { color: var(--good); background: var(--good-tint); }
.badge.warn { color: var(--warn); background: var(--warn-tint); }
.badge.bad { color: var(--bad); background: var(--bad-tint); }
code { padding: .1rem .35rem; border-radius: 4px; background: var(--code); font: .875em/1.5 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
table + .soft { margin-top: .75rem; }
th, td { padding: .55rem 1rem .55rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: middle; overflow-wrap: break-word; }
th:last-child, td:last-child { padding-right: 0; }
thead th { padding-top: 0; border-top: 0; color: var(--soft); font-size: .8125rem; font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; }
tbody th.part { padding-left: 1.25rem; font-weight: 400; }
tbody tr:last-child > * { padding-bottom: 0; }
small { display: block; color: var(--soft); font-size: .8125rem; font-weight: 400; }
.left { width: 38%; font-variant-numeric: tabular-nums; }
.left .figure { display: flex; justify-content: space-between; gap: 1rem; }
.left .figure b { font-weight: 650; }
.bar { display: block; width: 100%; height: 8px; margin-top: .3rem; border-radius: 4px; overflow: hidden; }
.bar rect { fill: var(--track); }
.bar .good { fill: var(--good-bar); }
.bar .warn { fill: var(--warn-bar); }
.bar .bad { fill: var(--bad-bar); }
form { margin: 0; }
label { display: block; font-weight: 600; }
input { width: 100%; margin-top: .35rem; padding: .6rem .7rem; border: 1px solid var(--soft); border-radius: 6px; background: var(--card); color: var(--ink); font: inherit; }
button { margin-top: 1rem; padding: .6rem 1.1rem; border: 0; border-radius: 6px; background: var(--link); color: var(--card); font: inherit; font-weight: 600; cursor: pointer; }
button.plain { margin: 0; padding: 0; background: none; color: var(--link); font-weight: 400; text-decoration: underline; }
.narrow { max-width: 30rem; padding-top: 4rem; }
.error { margin-bottom: .9rem; color: var(--bad); font-weight: 600; }
@media (max-width: 44rem) {
  main, .top, footer { padding-left: .9rem; padding-right: .9rem; }
  .top { padding-top: 1rem; }
  h1 { font-size: 1.4rem; }
  section { padding: .9rem; }
  table, tbody, tr, th, td { display: block; width: auto; padding: 0; border: 0; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  tbody tr { display: flex; flex-wrap: wrap; gap: .15rem .9rem; align-items: baseline; padding: .7rem 0; border-top: 1px solid var(--line); }
  tbody tr:first-child { padding-top: 0; border-top: 0; }
  tbody tr:last-child { padding-bottom: 0; }
  tbody th { flex: 1 1 55%; }
  tbody th.part { padding-left: .9rem; }
  tbody td.state { order: 1; flex: 0 0 auto; }
  tbody td { order: 2; color: var(--soft); font-size: .9rem; }
  tbody td.left { flex: 1 1 100%; color: inherit; font-size: inherit; }
  td[data-label]:not(:empty)::before { content: attr(data-label) ": "; }
  td:empty { display: none; }
}
@media print {
  @page { margin: 12mm; }
  body { background: #fff; color: #000; font-size: 9.5pt; }
  .name a, .name form { display: none; }
  main, .top, footer { max-width: none; padding: 0; }
  footer { padding-top: .6rem; }
  section, header { break-inside: auto; box-shadow: none; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  th, td { padding-top: .3rem; padding-bottom: .3rem; }
}
`;
