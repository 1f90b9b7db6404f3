package chat

import "testing"

func TestAFenceMayOpenBehindWords(t *testing.T) {
	expect(t, [][2]string{
		{"look: ```\nfoo *bar* baz\n```\nthanks *mei*", "P(look:)C[](foo *bar* baz)P(thanks <i:mei>)"},
		{"error is ```\nx\n``` any *idea*?", "P(error is)C[](x)P(any <i:idea>?)"},
		{"hi\nlook:```\n  x\n\n  y```\nbye", "P(hi/look:)C[](  x\n\n  y)P(bye)"},
		{"see ```go\nx := 1\n```", "P(see)C[go](x := 1)"},
		{"see ```x := 1\ny := 2```, right?", "P(see)C[](x := 1\ny := 2)P(, right?)"},
		{"a ```\nx\n``` b ```\ny\n``` c", "P(a)C[](x)P(b)C[](y)P(c)"},
		{"- look: ```\n  x\n  ```\n- y", "L{P(look:)C[](x)}{P(y)}"},
		{"> look: ```\n> x\n> ```\n> y", "Q(P(look:)C[](x)P(y))"},
		{"1. run ```\nmake *x*\n```\n2. done", "L1{P(run)C[](make *x*)}{P(done)}"},
		{"- look: ```go\n\nx\n``` there\nand", "L{P(look:)C[go](\nx)P(there)}P(and)"},
		{"- a ```\n- b ```", "L{P(a ```)}{P(b ```)}"},
		{"a ````\n```\n````", "P(a)C[](```)"},
		{"``` a ``` and ```\nx\n```", "P(<c:a> and)C[](x)"},
		// What is not closed, or stands in one line, is what it was.
		{"look: ```\nfoo *bar*", "P(look: ```/foo <i:bar>)"},
		{"inline ``` three ``` ticks", "P(inline <c:three> ticks)"},
		{"I like ``` ticks\nand ``` too", "P(I like ``` ticks/and ``` too)"},
		{"ends with ```\n\n```go\nx\n```", "P(ends with ```)C[go](x)"},
		{"a ``\nb\n``", "P(a ``/b/``)"},
	})
}
