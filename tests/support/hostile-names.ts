/** Names and texts that want to be markup, commands of a terminal, or another address than they are. */

export const HOSTILE_NAMES: readonly string[] = [
  '<img src=x onerror=alert(1)>.html',
  '"><script>alert(1)<⁄script>.html',
  "' onmouseover='alert(1).html",
  '&lt;b&gt; &amp;.html',
  '\u001b[2J\u0007.html',
  '\u202egpj.html',
  'javascript:alert(1).html',
  '%2e%2e #frag ?query.html',
  'line\nend\ttab.html',
  '\\..\\up.html',
  ']]>--><!--.html',
  '报告 第一.html',
  '\ufffe\uffff.html',
];
