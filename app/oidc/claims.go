package oidc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// claims are what a provider says of somebody, as its JSON has it.
type claims map[string]any

// claims are those of the ID token. Where it lacks what is asked for, the provider is asked for
// the rest, and must speak of the same person.
func (p *Provider) claims(ctx context.Context, found *oidc.Provider, token *oauth2.Token, id *oidc.IDToken) (claims, error) {
	c := claims{}
	if err := id.Claims(&c); err != nil {
		return nil, err
	}
	if found.UserInfoEndpoint() == "" || !p.lacks(c) {
		return c, nil
	}
	info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, fmt.Errorf("the rest of what it says: %w", quiet(err))
	}
	if info.Subject != id.Subject {
		return nil, errors.New("the rest of what it says is of somebody else")
	}
	rest := claims{}
	if err := info.Claims(&rest); err != nil {
		return nil, err
	}
	for name, value := range rest {
		if _, there := c[name]; !there {
			c[name] = value
		}
	}
	return c, nil
}

// lacks says whether something is missing that is shown, or that rules ask for.
func (p *Provider) lacks(c claims) bool {
	named := c.text(cmp.Or(p.Claims.Name, "name")) != "" || p.Claims.Name == "" && c.text("preferred_username") != ""
	grouped := len(p.Rules.Groups)+len(p.Rules.Admins) == 0 || c.at(cmp.Or(p.Claims.Groups, "groups")) != nil
	return !named || !grouped || c["email"] == nil
}

// at is what stands under a name, or under a path of names with dots between them.
func (c claims) at(path string) any {
	if v, there := c[path]; there {
		return v
	}
	name, rest, deeper := strings.Cut(path, ".")
	inner, ok := c[name].(map[string]any)
	if !deeper || !ok {
		return nil
	}
	return claims(inner).at(rest)
}

func (c claims) text(path string) string {
	s, _ := c.at(path).(string)
	return s
}

// yes understands those who write true as a text, too.
func (c claims) yes(path string) bool { return c.at(path) == true || c.text(path) == "true" }

// texts are a list, one text, or the names in an object, as providers write groups.
func (c claims) texts(path string) (list []string) {
	switch v := c.at(path).(type) {
	case string:
		return []string{v}
	case []any:
		for _, one := range v {
			if s, ok := one.(string); ok {
				list = append(list, s)
			}
		}
	case map[string]any:
		for name := range v {
			list = append(list, name)
		}
	}
	return list
}
