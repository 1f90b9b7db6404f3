package chat

import "testing"

func TestEmphasisStandsBesideSigns(t *testing.T) {
	expect(t, [][2]string{
		{"*ja*/*nein*", "P(<i:ja>/<i:nein>)"},
		{"**A**/**B**/**C**", "P(<b:A>/<b:B>/<b:C>)"},
		{"**Ja**/Nein ist **wichtig**", "P(<b:Ja>/Nein ist <b:wichtig>)"},
		{"und/**oder** ist *gut*", "P(und/<b:oder> ist <i:gut>)"},
		{"**50%**/**60%**", "P(<b:50%>/<b:60%>)"},
		{"*50%* von **100 %**", "P(<i:50%> von <b:100 %>)"},
		{"**a**&**b**", "P(<b:a>&<b:b>)"},
		{"~~a~~/~~b~~", "P(<s:a>/<s:b>)"},
		{"_a_/_b_", "P(<i:a>/<i:b>)"},
		{"*a*=*b* **x**.**y** *a*$*b*", "P(<i:a>=<i:b> <b:x>.<b:y> <i:a>$<i:b>)"},
		{"***a***/***b***", "P(<i:<b:a>>/<i:<b:b>>)"},
		{`\*ja\*/\*nein\*`, "P(*ja*/*nein*)"},
		{`a\*/\*b`, `P(a\*/\*b)`},
		// Globs, comments and paths stay as they are.
		{"src/**/*.ts and test/**/*.ts", "P(src/**/*.ts and test/**/*.ts)"},
		{"/* a */ and /* b */", "P(/* a */ and /* b */)"},
		{"**/*.js **/*.ts", "P(**/*.js **/*.ts)"},
		{"a/*b*/c a/**b**/c", "P(a/*b*/c a/**b**/c)"},
		{"ls dir/*a dir/*b", "P(ls dir/*a dir/*b)"},
		{"rm build/*test* */x", "P(rm build/*test* */x)"},
		{"*/5 */2 * * *", "P(*/5 */2 * * *)"},
		{"lib/_x_ scss/_a_/_b", "P(lib/_x_ scss/_a_/_b)"},
		{"~/*x* ~/*y*", "P(~/*x* ~/*y*)"},
		{`printf("%*d", "%*s")`, `P(printf("%*d", "%*s"))`},
	})
}

func TestMarksInARowAreNoListOfNothing(t *testing.T) {
	expect(t, [][2]string{
		{"* * *", "P(* * *)"},
		{"- - -", "P(- - -)"},
		{"a\n- - - -\nb", "P(a/- - - -/b)"},
		{"* * * * * cmd", "P(* * * * * cmd)"},
		{"- -", "P(- -)"},
		{"- a\n- - b", "L{P(a)}{L{P(b)}}"},
		{"- --force", "L{P(--force)}"},
		{"007. bond", "P(007. bond)"},
		{"01. a\n02. b", "P(01. a/02. b)"},
		{"24. 12. 2026", "P(24. 12. 2026)"},
		{"1. 2. 3.", "P(1. 2. 3.)"},
		{"1. 2. b", "L1{L2{P(b)}}"},
		{"0. a\n1. b", "L0{P(a)}{P(b)}"},
	})
}

func TestAQuoteNeedsNoSpace(t *testing.T) {
	expect(t, [][2]string{
		{">@priya wrote", "Q(P(<at:@priya> wrote))"},
		{">text\n>more", "Q(P(text/more))"},
		{">>text", "Q(Q(P(text)))"},
		{">*text*", "Q(P(<i:text>))"},
		{`>"text"`, `Q(P("text"))`},
		{">(aside) x", "Q(P((aside) x))"},
		{">„ja“", "Q(P(„ja“))"},
		{">👍 yes", "Q(P(👍 yes))"},
		{`\>text`, "P(>text)"},
		{"> a\n>.<", "Q(P(a))P(>.<)"},
	})
	for _, body := range []string{">.<", ">:(", ">_<", ">=3", ">3", ">-", "->x", ">>", ">>=", ">/", ">o<", ">w<", ">~<",
		">(", ">;)", ">|", ">D:"} {
		expect(t, [][2]string{{body, "P(" + body + ")"}})
	}
}

func TestEveryEndOfALineIsOne(t *testing.T) {
	expect(t, [][2]string{
		{"Title\x0bSubtitle", "P(Title/Subtitle)"},
		{"a\x0cb\u0085c\rd\r\ne\n\rf", "P(a/b/c/d/e)P(f)"},
		{"a\r\r\nb", "P(a)P(b)"},
	})
}
