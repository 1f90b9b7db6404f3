package chat

import (
	"context"
	"slices"
	"strings"
)

// MaxEmojiName is how many characters the name of a workspace's own emoji has.
const MaxEmojiName = 32

// MaxEmoji is how many emoji a workspace has of its own.
const MaxEmoji = 500

// ParseEmojiName answers with the name of a workspace's own emoji, without colons.
func ParseEmojiName(s string) (string, error) {
	s = strings.ToLower(strings.Trim(strings.TrimSpace(s), ":"))
	if len(s) < 2 || len(s) > MaxEmojiName || strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-')
	}) {
		return "", Invalid("name", "The name of an emoji has 2 to 32 small letters, digits, dashes and underscores.")
	}
	if EmojiNamed(s) != "" {
		return "", Invalid("name", "There is an emoji of this name everywhere: "+EmojiNamed(s)+". Choose another name.")
	}
	return s, nil
}

// MayAddEmoji says whether somebody may add emoji now.
func (c *Chat) MayAddEmoji(ctx context.Context, who Account) (bool, error) {
	if who.Has(ManageSettings) {
		return true, nil
	}
	set, err := c.store.Settings(ctx)
	return err == nil && !who.IsGuest() && set.EverybodyAddsEmoji(), err
}

// Emoji lists the emoji of the workspace by name.
func (c *Chat) Emoji(ctx context.Context) ([]CustomEmoji, error) { return c.store.Emoji(ctx) }

// AddEmoji adds one with a picture that the caller has uploaded for it.
func (c *Chat) AddEmoji(ctx context.Context, who Account, name string, f File) error {
	if err := c.checkMayAddEmoji(ctx, who); err != nil {
		return err
	}
	name, err := ParseEmojiName(name)
	if err != nil {
		return err
	}
	all, err := c.store.Emoji(ctx)
	if err != nil {
		return err
	}
	if len(all) >= MaxEmoji {
		return Invalid("name", "There are 500 emoji of your own; that is as many as go.")
	}
	return c.store.AddEmoji(ctx, CustomEmoji{Name: name, File: f.ID, By: who.Person, At: c.now()},
		c.audit(who, AuditAddEmoji, ":"+name+":", ""))
}

func (c *Chat) checkMayAddEmoji(ctx context.Context, who Account) error {
	may, err := c.MayAddEmoji(ctx, who)
	if err == nil && !may {
		err = Forbidden("Only an administrator adds emoji here.")
	}
	return err
}

// RemoveEmoji removes one: who added it may, while he may add some, and who manages the
// workspace. Where it stands, its name is shown.
func (c *Chat) RemoveEmoji(ctx context.Context, who Account, name string) error {
	if err := c.checkMayAddEmoji(ctx, who); err != nil {
		return err
	}
	all, err := c.store.Emoji(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(e CustomEmoji) bool { return e.Name == name })
	switch {
	case i < 0:
		return NotFound()
	case all[i].By.ID != who.ID && !who.Has(ManageSettings):
		return Forbidden("Only who added an emoji, and an administrator, can remove it.")
	}
	return c.store.RemoveEmoji(ctx, name, c.audit(who, AuditRemoveEmoji, ":"+name+":", ""))
}

// customEmoji are the names of the workspace's own emoji, where a text may have some.
func (c *Chat) customEmoji(ctx context.Context, body string) (map[string]bool, error) {
	if strings.Count(body, ":") < 2 {
		return nil, nil
	}
	all, err := c.store.Emoji(ctx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	names := make(map[string]bool, len(all))
	for _, e := range all {
		names[e.Name] = true
	}
	return names, nil
}

// linkEmoji makes runs of their own of the names of the workspace's emoji in plain runs,
// where no word is glued to them.
func (t *Text) linkEmoji(names map[string]bool) {
	if len(names) == 0 {
		return
	}
	eachBlock(t.Blocks, func(b *Block) { b.Runs = linkEmoji(b.Runs, names) })
}

func linkEmoji(runs []Run, names map[string]bool) []Run {
	var out []Run
	for _, r := range runs {
		r.Runs = linkEmoji(r.Runs, names)
		if r.Kind != RunPlain || strings.Count(r.Text, ":") < 2 {
			out = append(out, r)
			continue
		}
		from := 0
		for i := 0; i < len(r.Text); i++ {
			n := customLen(r.Text[i:], names)
			if n == 0 || i > from && glued(r.Text, i) || i+n < len(r.Text) && isWordByte(r.Text[i+n]) {
				continue
			}
			if i > from {
				out = append(out, Run{Text: r.Text[from:i]})
			}
			out = append(out, Run{Kind: RunEmoji, Text: r.Text[i : i+n]})
			from = i + n
			i = from - 1
		}
		if from < len(r.Text) {
			out = append(out, Run{Text: r.Text[from:]})
		}
	}
	return out
}

func isWordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b >= 0x80
}

// customLen is the length of a name with its colons at the beginning of s, 0: none.
func customLen(s string, names map[string]bool) int {
	if s == "" || s[0] != ':' {
		return 0
	}
	end := strings.IndexByte(s[1:min(len(s), MaxEmojiName+2)], ':')
	if end <= 0 || !names[s[1:1+end]] {
		return 0
	}
	return end + 2
}

// CustomName is the name of a workspace's own emoji as it stands in a text or a reaction,
// with its colons; "" where it is none.
func CustomName(s string) string {
	if len(s) > 2 && s[0] == ':' && s[len(s)-1] == ':' {
		return s[1 : len(s)-1]
	}
	return ""
}
