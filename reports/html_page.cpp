// The frame of the HTML report: its style, in light and in dark and on paper, and its script, which filters
// by verdict and by text. Everything stands in the file; the policy forbids to fetch or to run anything else.
#include "reports/html_text.hpp"

#include <fmt/format.h>

namespace reports {
namespace {

constexpr std::string_view style = R"css(
:root {
  color-scheme: light dark;
  --paper: #fbfbf9; --card: #fff; --ink: #1c1f23; --dim: #5d6570; --line: #dcdfe3; --soft: #f1f2f4;
  --pass: #1a7f37; --fail: #c62828; --warn: #9a6100; --info: #0b6bb8; --skip: #6b7280; --odd: #7b3fb5;
  --failsoft: #fdecec; --code: #f4f5f7; --link: #0b5cad;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --card: #1b1f24; --ink: #e4e7eb; --dim: #98a2ae; --line: #30363d; --soft: #232830;
    --pass: #4cc26b; --fail: #ff7b72; --warn: #e0a93b; --info: #6cb6ff; --skip: #8b949e; --odd: #c79bf2;
    --failsoft: #331b1d; --code: #12151a; --link: #79b8ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main, header, .bar > div { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.75rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .2rem; }
h2 { font-size: 1.1rem; margin: 1.8rem 0 .6rem; }
a { color: var(--link); }
code, pre, .octets { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 13px; }
.verdict { font-weight: 650; }
.good { color: var(--pass); } .bad { color: var(--fail); } .unsure { color: var(--warn); }
.facts { color: var(--dim); margin: .1rem 0; overflow-wrap: anywhere; }
.meter { display: flex; height: .5rem; border-radius: .25rem; overflow: hidden; margin: .9rem 0 0; background: var(--soft); }
.meter b { display: block; min-width: 3px; }
.pass { --v: var(--pass); } .fail { --v: var(--fail); } .warn { --v: var(--warn); } .info { --v: var(--info); }
.skip { --v: var(--skip); } .inconclusive, .known { --v: var(--odd); }
.meter b { background: var(--v); }
.bar { position: sticky; top: 0; z-index: 2; background: var(--paper); border-bottom: 1px solid var(--line); margin-top: .8rem; }
.bar > div { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; padding-top: .6rem; padding-bottom: .6rem; }
.bar button, .bar input { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .2rem .6rem; }
.bar button { cursor: pointer; }
.bar button[aria-pressed] { border-left: 4px solid var(--v); }
.bar button[aria-pressed=false] { color: var(--dim); text-decoration: line-through; border-left-color: var(--line); }
.bar input { flex: 1 1 12rem; min-width: 8rem; }
.bar :focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
.bar output { color: var(--dim); font-size: 13px; }
.note { border-left: 4px solid var(--warn); background: var(--card); padding: .6rem 1rem; margin: 1rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.danger { border: 1px solid var(--fail); border-radius: .5rem; background: var(--failsoft); padding: .2rem 1rem .7rem; margin-top: 1.2rem; }
.danger h2 { margin-top: .7rem; color: var(--fail); }
.danger ul { margin: 0; padding-left: 1.1rem; } .danger li { margin: .35rem 0; }
details.suite { margin: .9rem 0; }
summary { cursor: pointer; }
details.suite > summary { padding: .3rem 0; border-bottom: 1px solid var(--line); font-weight: 600; }
.path { color: var(--dim); font-weight: 400; font-size: 13px; margin-left: .4rem; }
.counts { float: right; font-weight: 400; font-size: 13px; color: var(--dim); }
.counts b { color: var(--v); font-weight: 600; margin-left: .6rem; }
details.case { border-left: 3px solid var(--v); margin: .3rem 0 .3rem .1rem; }
details.case > summary { padding: .1rem .6rem; list-style: none; display: flex; gap: .6rem; align-items: baseline; }
details.case > summary::-webkit-details-marker { display: none; }
details.case > summary:hover { background: var(--soft); }
.sign { color: var(--v); width: 1.1em; flex: none; text-align: center; font-weight: 700; }
.title { flex: 1; overflow-wrap: anywhere; }
.tag { font-size: 12px; color: var(--dim); flex: none; }
.tag.security { color: var(--fail); border: 1px solid var(--fail); border-radius: .3rem; padding: 0 .35rem; }
.body { padding: .3rem .9rem .7rem 2.3rem; }
.body p { margin: .25rem 0; overflow-wrap: anywhere; }
.level { font-size: 12px; font-weight: 650; border: 1px solid var(--line); border-radius: .3rem; padding: 0 .3rem; }
.id, .place { color: var(--dim); font-size: 13px; }
table.found { border-collapse: collapse; width: 100%; margin: .5rem 0; background: var(--card); border: 1px solid var(--line); table-layout: fixed; }
.found th { text-align: left; vertical-align: top; width: 6.5rem; padding: .35rem .7rem; color: var(--dim); font-weight: 600; font-size: 13px; border-top: 1px solid var(--line); }
.found td { padding: .35rem .7rem; border-top: 1px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere; }
.found .expected td { border-left: 3px solid var(--pass); } .found .actual td { border-left: 3px solid var(--fail); }
i { font-style: normal; color: var(--odd); }
.talk { background: var(--code); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; margin: .4rem 0 0; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
.talk span { display: block; } .talk .c { color: var(--info); } .talk .e { color: var(--dim); }
.talk summary { color: var(--dim); } .talk details[open] > summary { margin-bottom: .2rem; }
.talk .h { border-left: 2px solid var(--odd); padding-left: .5rem; }
[hidden] { display: none !important; }
footer { color: var(--dim); font-size: 13px; margin: 2.5rem 0 2rem; border-top: 1px solid var(--line); padding-top: .7rem; }
@media (max-width: 40rem) { .bar { position: static; } .counts { float: none; display: block; } .body { padding-left: .9rem; } .found th { width: 5rem; padding-right: .3rem; } .tag { display: none; } .tag.security { display: inline; } }
@media print {
  :root { --paper: #fff; --card: #fff; --ink: #000; --dim: #444; --line: #bbb; --soft: #eee; --code: #fff; --failsoft: #fff; --link: #000;
          --pass: #1a7f37; --fail: #b00020; --warn: #7a4d00; --info: #0b5cad; --skip: #555; --odd: #5b2a8c; }
  body { font-size: 10pt; } .bar { display: none; } .counts { float: none; display: block; } code, .octets, .talk { font-size: 8.5pt; }
  table.found, .danger li, details.case > summary { break-inside: avoid; }
  details.suite > summary { break-after: avoid; } a { text-decoration: none; }
}
)css";

// Verdicts that are switched off, and words that must all occur. A case that the address names is opened.
constexpr std::string_view script = R"js(
(() => {
  const all = (what, of = document) => [...of.querySelectorAll(what)];
  const bar = document.querySelector('.bar');
  if (!bar) return;
  const words = bar.querySelector('input'), shown = bar.querySelector('output');
  const cases = all('.case'), texts = new Map();
  const text = c => { if (!texts.has(c)) texts.set(c, c.textContent.toLowerCase()); return texts.get(c); };
  const buttons = all('button[data-verdict]', bar);
  function filter() {
    const on = new Set(buttons.filter(b => b.getAttribute('aria-pressed') === 'true').map(b => b.dataset.verdict));
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let number = 0;
    for (const c of cases) {
      c.hidden = !on.has(c.dataset.verdict) || !wanted.every(w => text(c).includes(w));
      number += !c.hidden;
    }
    for (const s of all('.suite')) {
      const left = s.querySelector('.case:not([hidden])');
      s.hidden = !left;
      if (left && wanted.length) s.open = true;
    }
    shown.textContent = number === cases.length ? number + ' cases' : number + ' of ' + cases.length + ' cases';
  }
  function reveal() {
    const c = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!c) return;
    for (let at = c; at; at = at.parentElement) { at.hidden = false; if (at.tagName === 'DETAILS') at.open = true; }
    c.scrollIntoView({ block: 'center' });
  }
  for (const b of buttons) b.addEventListener('click', () => {
    b.setAttribute('aria-pressed', String(b.getAttribute('aria-pressed') !== 'true')); filter();
  });
  words.addEventListener('input', filter);
  bar.querySelector('[data-open]').addEventListener('click', e => {
    const open = e.target.dataset.open === 'yes';
    for (const d of all('details.suite')) d.open = open;
    if (!open) for (const d of all('details.case')) d.open = false;
    e.target.dataset.open = open ? 'no' : 'yes';
    e.target.textContent = open ? 'Close all' : 'Open all';
  });
  addEventListener('keydown', e => {
    if (e.key === '/' && document.activeElement !== words) { e.preventDefault(); words.focus(); }
    if (e.key === 'Escape' && document.activeElement === words) { words.value = ''; filter(); }
  });
  addEventListener('hashchange', reveal);
  bar.hidden = false; filter(); reveal();
})();
)js";

} // namespace

std::string html_page(std::string_view title, std::string_view content) {
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action "
        "'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n<link rel=\"icon\" href=\"data:,\">\n"
        "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n{}<script>{}</script>\n</body>\n"
        "</html>\n",
        html_text(title), style, content, script);
}

} // namespace reports
