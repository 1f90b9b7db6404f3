package oidc

import (
	"context"
	"net/url"
)

// LogoutURL is where a browser ends its log-in at the provider, to come back to back; "" where
// that is not wanted, or the provider has no such address.
func (p *Provider) LogoutURL(ctx context.Context, back string) string {
	if !p.Logout {
		return ""
	}
	found, err := p.discover(ctx)
	if err != nil {
		return ""
	}
	var at struct {
		End string `json:"end_session_endpoint"`
	}
	if found.Claims(&at) != nil {
		return ""
	}
	u, err := url.Parse(at.End)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	q := u.Query()
	q.Set("client_id", p.ClientID)
	q.Set("post_logout_redirect_uri", back)
	u.RawQuery = q.Encode()
	return u.String()
}

// Answers says whether the provider has answered since the start.
func (p *Provider) Answers() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.found != nil
}
