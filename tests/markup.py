"""Texts that would be markup, code or an address if anything took them for it."""

_MARKUP = (
    "<script>alert(1)</script>",
    "<img src=http://leak.example/x.png onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe src=//leak.example></iframe>",
    "<link rel=stylesheet href=http://leak.example/x.css>",
    "<style>@import url(http://leak.example/x.css)</style>",
    '<a href="javascript:alert(1)">here</a>',
    '<meta http-equiv=refresh content="0;url=http://leak.example">',
    "<base href=http://leak.example/>",
    "<object data=http://leak.example></object>",
    "<form action=http://leak.example><input name=x></form>",
    "<math><mtext></mtext><mglyph><style></math>",
    "<foreignObject><b>bold</b></foreignObject>",
    "</td></tr></table><h1>heading</h1>",
    "</style></title></svg><b>bold</b>",
    "![](http://leak.example/x.png)",
    "[link](http://leak.example)",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt;bold&lt;/b&gt; &#60;b&#62;",
    "]]><!-- comment -->",
    "url(http://leak.example/x.png)",
    '" onmouseover="alert(1)',
    "' style='background:url(http://leak.example)",
    "<?php echo 1 ?><%= 1 %>",
    "<b\tclass=x\u00a0>\u202ereversed",
)
_AROUND = ("{}", "Centre {}", '"{}"', "'{}'", ">{}<", "={}")
PAYLOADS = tuple(around.format(markup) for around in _AROUND for markup in _MARKUP)
