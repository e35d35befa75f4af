// What a message means. Everything else about it is text.
import assert from "node:assert/strict";
import test from "node:test";
import { parseText, safeLink } from "../../../static/js/live/chat_text.js";

const t = (text) => ({ kind: "text", text });
const code = (text, lang = "") => ({ kind: "code", text, lang });
const inline = (text) => ({ kind: "inline", text });
const math = (text, block = false) => ({ kind: "math", text, block });
const link = (url, text) => ({ kind: "link", text: text ?? url.replace("https://", ""), url });

const TABLE = [
  ["plain words", "So dx is how wide I cut?", [t("So dx is how wide I cut?")]],
  ["markup is words", "<img src=x onerror=alert(1)>", [t("<img src=x onerror=alert(1)>")]],
  ["inline code", "use `a < b` here", [t("use "), inline("a < b"), t(" here")]],
  ["a lone tick", "it`s fine", [t("it`s fine")]],
  ["a block of code", "look\n```python\nx = 1\nprint(x)\n```\nsee?", [t("look\n"), code("x = 1\nprint(x)", "python"), t("see?")]],
  ["code on one line", "```a$b$c```", [code("a$b$c")]],
  ["nothing inside code means anything", "`$x$ https://a.example`", [inline("$x$ https://a.example")]],
  ["an open fence is words", "```\nx = 1", [t("```\nx = 1")]],
  ["a formula", "so $x^2$ it is", [t("so "), math("x^2"), t(" it is")]],
  ["a formula of its own", "$$\\int_0^2 x^2\\,dx$$", [math("\\int_0^2 x^2\\,dx", true)]],
  ["a one letter formula", "$x$, $y$", [math("x"), t(", "), math("y")]],
  ["money is no formula", "It costs $5 and $10.", [t("It costs $5 and $10.")]],
  ["money in a range", "$5-$10", [t("$5-$10")]],
  ["a dollar kept apart", "a $ b $ c", [t("a $ b $ c")]],
  ["an escaped dollar inside a formula", "$\\$5$", [math("\\$5")]],
  ["a formula does not cross a line", "$a\nb$", [t("$a\nb$")]],
  ["a link", "see https://en.wikipedia.org/wiki/Integral.", [t("see "), link("https://en.wikipedia.org/wiki/Integral"), t(".")]],
  ["a link in brackets", "(https://a.example/x_(y))", [t("("), link("https://a.example/x_(y)"), t(")")]],
  ["a bare host", "https://a.example", [link("https://a.example/", "a.example")]],
  ["http is said", "http://a.example/", [link("http://a.example/", "http://a.example")]],
  ["no other scheme is a link", "javascript:alert(1) data:text/html,x ftp://a.example", [t("javascript:alert(1) data:text/html,x ftp://a.example")]],
  ["a name before the host is no link", "https://peerlearn.in@evil.example/", [t("https://peerlearn.in@evil.example/")]],
  ["look-alike letters show their true host", "https://аpple.com/", [link("https://xn--pple-43d.com/", "xn--pple-43d.com")]],
  ["a mark that turns the line ends the link", "https://a.example/\u202egnp.exe", [link("https://a.example/", "a.example"), t("\u202egnp.exe")]],
  ["quotes end a link", "https://a.example/\"onmouseover=alert(1)", [link("https://a.example/", "a.example"), t("\"onmouseover=alert(1)")]],
  ["a host must be one", "https:///x https://a http://", [t("https:///x https://a http://")]],
  ["full width letters are one host", "https://ｅxample.com/", [link("https://example.com/", "example.com")]],
];

for (const [name, said, parts] of TABLE) test(name, () => assert.deepEqual(parseText(said), parts));

test("a long link is shown short and followed whole", () => {
  const url = `https://a.example/${"x".repeat(300)}`;
  assert.equal(safeLink(url).url, url);
  assert.equal(safeLink(url).shown.length, 60);
  assert.ok(safeLink(url).shown.startsWith("a.example/"));
});

test("nothing said is lost, and the worst message is read fast", () => {
  const worst = ["$".repeat(2000), "`".repeat(2000), "$a".repeat(1000), "(((".repeat(600), `https://${"a.".repeat(900)}`, "$\\".repeat(1000), `$${"\\a".repeat(990)}`, "```a".repeat(500)];
  for (const said of worst) {
    const started = process.cpuUsage();
    assert.ok(parseText(said).length > 0);
    const took = process.cpuUsage(started).user / 1000;
    assert.ok(took < 100, `${said.slice(0, 12)} took ${took} ms of the processor`);
  }
});
