package chat

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// lookalikes are letters that are taken for a Latin letter or a digit, that one
// first in its line: entries of confusables.txt of Unicode Technical Standard
// #39 (© Unicode, Inc., Unicode License; as carried by the Python package
// confusable_homoglyphs 3.2.0) whose folded forms may stand in a username. A
// lower-case likeness goes before an upper-case one.
const lookalikes = `
2ƨϩᒿꙅꛯꝛ
3ȝɜʒзӡⳍꝫ𑣊𖼻
4Ꮞ𑣏
5𑣛
6бᏮⳓ𑣕
7𐓺𑣆
8ȣ৪੪𐌚
9৭੧୨൭ⳋꝯ𑣌𑣖
aɑαаᎪᗅꓮ𐊠𖽀
bƅβвьᏏᏴᑲᖯᗷꓐꞵ𐊂𐊡𐌁
cсᏟᴄⲥꓚ𐊢𐌂𐐽𐔜𑣩𑣲
dԁᎠᏧᑯᗞᗪꓒꓓ
eεеҽᎬⴹꓰꬲ𐊆𑣎
fϝքᖴẝꓝꞙꬵ𐊇𐊥𐔥𑣂
gƍɡԍցᏀᏳᶃꓖ
hηнһհᎻᏂᕼⲏꓧ𐋏
jʝϳјᎫᒍꓙ
kκкᏦᛕⲕꓗ𐔘
iıɩɪιіᎥ
lǀӏ۱Ꮮᒪᛁⲓⳑⵏꓡꓲꙇ𐊊𐌉𐌠𐑃𐔦𑣃𑣒𖼖𖼨
mμϻмᎷᗰᛖⲙꓟ𐊰𐌑
nոռⲛꓠ𐔓
oοσоօ۵०০੦૦ଠ୦௦౦೦ഠ൦๐໐ဝ၀ჿዐᴏᴑⲟⵔ〇ꓳꬽ𐊒𐊫𐐬𐓪𐔖𑓐𑣈𑣗𑣠
pρрᏢᑭⲣꓑ𐊕
qԛգզⵕ
rʀгᎡᎱᏒᖇᴦⲅꓣꭇꭈ𐓜𖼵
sƽѕտᏕᏚꓢꜱ𐊖𐑈𑣁𖼺
tτтᎢⲧꓔ𐊗𐊱𐌕𖼊
uʋυսሀᑌᴜꓴꞟꭎꭒ𐓶𑣘𖽂
vνѵ۷Ꮩᐯᴠⴸꓦꛟ𐔝𑜆𑣀𖼈
wɯѡԝաᎳᏔᴡꓪ𑜊𑜎𑜏𑣦𑣯
xχхᕁᕽᚷⲭⵝꓫꭓ𐊐𐊴𐌗𐌢𐔧𑣬
yɣʏγуүყᎩᎽᶌỿⲩꓬꭚ𐊲𑣜𖽃
zζᏃᴢꓜ𐋵𑣄𑣉𑣥
`

var likeness = sync.OnceValue(func() map[rune]rune {
	// I is drawn like l, but folding has made i of it: mail and mall are two rooms.
	m := likenessOf(lookalikes)
	m['1'], m['0'] = 'l', 'o'
	return m
})

// likenessOf reads a table: the letters of a line are drawn like its first.
func likenessOf(table string) map[rune]rune {
	m := map[rune]rune{}
	for line := range strings.FieldsSeq(table) {
		first := []rune(line)[0]
		for _, r := range line {
			if r != first {
				m[r] = first
			}
		}
	}
	return m
}

// drawnAs are letters that are drawn like a Latin one until they are folded, which
// makes another of them: entries of confusables.txt of Unicode Technical Standard #39,
// version 13.0 (© Unicode, Inc., Unicode License), that lookalikes has not for this.
// The small capitals and the characters of Chinese and Japanese that look like another
// are ours.
const drawnAs = `
4Ꮞ
6Ꮾ
aᴀᎪ
bʙᏴᏏ
cϹϲᏟ
dᴅᎠᏧ
eᴇᎬ
fſ
gɢᏀᏳ
hʜᎻᏂ
iͺӏꙇᎥ
jᴊᎫ
kĸᴋᏦ
lIƖΙІӀוןا١ߊʟᏞ
mᴍᎷ
nΝɴ
oסه٥ھہە߀
pᴘᏢ
rᎡᏒ
sᏕᏚ
tᴛᎢ
vט٧Ꮩ
wᎳᏔ
yΥϒᎩᎽ
zᏃ
エ工
ニ二
ロ口
カ力
ト卜
ハ八
へヘ
ー一
タ夕
リり
`

var drawnLike = sync.OnceValue(func() map[rune]rune { return likenessOf(drawnAs) })

// Drawn is like Skeleton for a name as it stands there, capital letters and all: JoeI
// with a capital I looks like Joel. Two names look alike when Skeleton or Drawn of the
// one is Skeleton or Drawn of the other.
func Drawn(s string) string {
	like := drawnLike()
	draw := func(r rune) rune {
		if to, ok := like[r]; ok {
			return to
		}
		return r
	}
	return Skeleton(strings.Map(draw, norm.NFKC.String(strings.Map(draw, s))))
}

// DrawnLetters is Drawn of the letters and digits of a display name: dots, spaces,
// pictures and strokes below make no other name of it.
func DrawnLetters(name string) string {
	return Drawn(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) && !decorates(r) {
			return r
		}
		return -1
	}, norm.NFD.String(name)))
}

// decorates says whether a mark is drawn below or through a letter, or is the dot of an i:
// no name differs by it.
func decorates(r rune) bool {
	return r >= 0x0316 && r <= 0x0319 || r >= 0x031C && r <= 0x0320 || r >= 0x0329 && r <= 0x0338 || r >= 0x0347 && r <= 0x0349 ||
		r >= 0x034D && r <= 0x0356 || r == 0x0307
}

// Alike says whether two names look alike.
func Alike(a, b string) bool {
	return Skeleton(a) == Skeleton(b) || Drawn(a) == Drawn(b) || Drawn(a) == Skeleton(b) || Skeleton(a) == Drawn(b)
}

// Skeleton is equal for names that are easily taken for one another: case, form
// and script of a letter do not count, nor does the difference of 0 and o, of 1
// and l, of rn and m, of vv and w. It is for comparing, never for showing.
func Skeleton(s string) string {
	like := likeness()
	s = strings.Map(func(r rune) rune {
		switch to, ok := like[r]; {
		case invisible(r), decorates(r):
			return -1
		case ok:
			return to
		}
		return r
	}, norm.NFD.String(FoldName(s)))
	return norm.NFC.String(looksLikeOne.Replace(s))
}

// looksLikeOne replaces pairs of letters by those that they look like.
var looksLikeOne = strings.NewReplacer("rn", "m", "vv", "w")
