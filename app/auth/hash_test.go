package auth

import (
	"strings"
	"testing"

	"github.com/alexedwards/argon2id"
)

// crafted are texts in the place of a hash that no program of good will makes.
func crafted() []string {
	salt, key := strings.Repeat("A", 22), strings.Repeat("A", 43)
	return []string{"plain", "$", "$argon2id$v=19$m=47104,t=1,p=0$" + salt + "$" + key, "$argon2id$v=19$m=47104,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + key, "$argon2id$v=19$m=262145,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=47104,t=4294967295,p=1$" + salt + "$" + key, "$argon2id$v=19$m=47104,t=11,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=47104,t=1,p=255$" + salt + "$" + key, "$argon2id$v=19$m=0,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=47104,t=1,p=1$$",
		"$argon2id$v=19$m=47104,t=1,p=1$" + salt + "$", "$argon2id$v=19$m=47104,t=1,p=1$" + strings.Repeat("A", 400) + "$" + key,
		"$argon2i$v=19$m=47104,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=16$m=47104,t=1,p=1$" + salt + "$" + key, "$2a$10$" + strings.Repeat("a", 53),
		"$argon2id$v=19$m=-1,t=1,p=1$" + salt + "$" + key}
}

func TestACraftedHashIsNeitherTakenNorComparedWith(t *testing.T) {
	p := NewPasswords()
	check := p.check
	p.check = func(password, hash string) (bool, *argon2id.Params, error) {
		if hash != unknown {
			t.Errorf("it was compared with %s", hash)
		}
		return check(password, hash)
	}
	for _, hash := range crafted() {
		if ParseHash(hash) == nil {
			t.Errorf("%s is taken", hash)
		}
		if ok, rehash, err := p.Check(t.Context(), "whatever it is", hash); ok || rehash || err == nil {
			t.Errorf("%s: %v %v %v", hash, ok, rehash, err)
		}
	}
	for _, none := range []string{"", NoPassword} {
		if ok, _, err := p.Check(t.Context(), none, none); ok || err != nil {
			t.Errorf("%q: %v %v", none, ok, err)
		}
	}
}

func TestAHashOfOursIsTaken(t *testing.T) {
	hash, err := NewPasswords().Hash(t.Context(), "four brown owls")
	if err != nil || ParseHash(hash) != nil || ParseHash(unknown) != nil {
		t.Error(hash, err, ParseHash(hash))
	}
}
