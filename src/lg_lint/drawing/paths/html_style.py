"""How the page of paths looks."""

STYLE = """
:root {
  --page: #fff; --text: #1c2128; --soft: #57606a; --line: #d0d7de; --box: #f6f8fa;
  --error: #b42318; --warning: #945b00; --info: #1f5fa8; --sound: #1a7f37; --unknown: #6e7781;
  --error-box: #fdeceb; --warning-box: #fdf3dd; --info-box: #e8f1fb; --sound-box: #e8f5ec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --text: #e6edf3; --soft: #9aa4af; --line: #30363d; --box: #161b22;
    --error: #ff8b80; --warning: #e3b341; --info: #79b8ff; --sound: #56d364; --unknown: #8b949e;
    --error-box: #3a1614; --warning-box: #332405; --info-box: #0f2740; --sound-box: #0f2a17;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 54rem; padding: 1rem; background: var(--page); color: var(--text);
  font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.3rem; margin: 0; }
header p, .about { color: var(--soft); margin: .2rem 0 .8rem; font-size: .9rem; }
a { color: inherit; }
code { font: .85em ui-monospace, monospace; }
.place { color: var(--soft); }
ol, nav ul { list-style: none; margin: 0; padding: 0; }
nav li { padding: .3rem .6rem; border-left: .3rem solid var(--state); margin-bottom: .2rem; }
nav b { color: var(--state); }
nav small { color: var(--soft); }
section { border-top: 1px solid var(--line); margin-top: 1.5rem; padding-top: 1rem; }
h2 { font: 600 1.15rem ui-monospace, monospace; margin: 0; }
.error { --state: var(--error); --fill: var(--error-box); }
.warning { --state: var(--warning); --fill: var(--warning-box); }
.info { --state: var(--info); --fill: var(--info-box); }
.sound { --state: var(--sound); --fill: var(--sound-box); }
.unknown { --state: var(--unknown); --fill: var(--box); }
.verdict {
  background: var(--fill); border: 1px solid var(--state); border-left-width: .4rem;
  border-radius: .3rem; padding: .6rem .8rem; margin: .6rem 0;
}
.verdict p { margin: 0; }
.verdict p + p { margin-top: .3rem; }
.verdict b { color: var(--state); }
.strip { display: flex; flex-wrap: wrap; gap: .25rem; margin: .8rem 0; }
.strip li {
  font-size: .78rem; border: 1px solid var(--state); border-radius: 1rem;
  color: var(--state); background: var(--fill);
}
.strip a { display: block; padding: .1rem .55rem; text-decoration: none; }
.strip a::before { content: "! "; font-weight: 700; }
.strip .sound a::before { content: "✓ "; }
.strip .unknown a::before { content: "? "; }
.strip .unknown, .hops .unknown { border-style: dashed; }
.strip .weakest { background: var(--state); color: var(--page); font-weight: 700; }
.hops > li {
  border: 1px solid var(--line); border-left: .3rem solid var(--state); border-radius: .3rem;
  padding: .5rem .7rem; margin-bottom: .5rem;
}
.hops > .unknown { border-left-color: var(--unknown); }
.hops > .weakest { border-color: var(--state); border-width: 2px 2px 2px .4rem; }
h3 { font-size: 1rem; margin: 0; text-transform: none; }
h3 span { font-weight: 400; }
:target { outline: 2px solid var(--state); outline-offset: 2px; }
mark { background: var(--state); color: var(--page); border-radius: .2rem; padding: 0 .35rem;
  font-size: .8rem; }
.hops p { margin: .25rem 0 0; font-size: .92rem; }
.facts span {
  display: inline-block; background: var(--box); border: 1px solid var(--line);
  border-radius: .2rem; padding: 0 .35rem; margin: .1rem 0; font-size: .85rem;
}
.finding { border-left: .2rem solid var(--state); padding-left: .6rem; margin-top: .5rem; }
.finding em { color: var(--state); font-style: normal; font-weight: 600; }
.question b { color: var(--unknown); }
"""
