package directory

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"parley/app/oidc"
)

// attributes that are read: what never changes, names, the mail address, and groups.
var attributes = append(slices.Clone(unchanging), "uid", "sAMAccountName", "displayName", "cn", "mail", "memberOf")

// unchanging are the attributes that are one person's for ever, by the kind of directory:
// RFC 4530 (OpenLDAP, 389), Active Directory, FreeIPA, eDirectory.
var unchanging = []string{"entryUUID", "objectGUID", "ipaUniqueID", "GUID"}

// find answers nil where there is nobody, or more than one.
func (d *Directory) find(c *ldap.Conn, filter string) (*ldap.Entry, error) {
	found, err := c.Search(ldap.NewSearchRequest(d.Base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 2, int(timeout.Seconds()), false,
		filter, attributes, nil))
	if ldap.IsErrorAnyOf(err, ldap.LDAPResultSizeLimitExceeded, ldap.LDAPResultNoSuchObject) {
		return nil, nil
	}
	if err != nil || len(found.Entries) != 1 {
		return nil, err
	}
	return found.Entries[0], nil
}

// subjectOf is kind:value in hexadecimal digits, because some are not text; of directories
// that have nothing of the kind it is the DN.
func subjectOf(e *ldap.Entry) string {
	for _, name := range unchanging {
		if v := e.GetEqualFoldRawAttributeValue(name); len(v) > 0 {
			return name + ":" + hex.EncodeToString(v)
		}
	}
	return "dn:" + hex.EncodeToString([]byte(e.DN))
}

// bySubject is a filter that finds a subject again.
func bySubject(subject string) string {
	name, digits, _ := strings.Cut(subject, ":")
	value, err := hex.DecodeString(digits)
	if err != nil {
		return "(!(objectClass=*))"
	}
	if name == "dn" {
		name = "entryDN" // RFC 5020
	}
	return "(" + name + "=" + ldap.EscapeFilter(string(value)) + ")"
}

// identity reads who somebody is, or answers ErrNotIn.
func (d *Directory) identity(c *ldap.Conn, e *ldap.Entry) (oidc.Identity, error) {
	get := func(names ...string) string {
		for _, name := range names {
			if v := e.GetEqualFoldAttributeValue(name); v != "" {
				return v
			}
		}
		return ""
	}
	who := oidc.Identity{Issuer: d.Issuer(), Subject: subjectOf(e), Username: get("uid", "sAMAccountName"), Name: get("displayName", "cn"),
		Mail:  get("mail"),
		Roles: len(d.Rules.Admins) > 0}
	groups := e.GetEqualFoldAttributeValues("memberOf")
	if len(groups) == 0 && len(d.Rules.Groups)+len(d.Rules.Admins) > 0 {
		var err error
		if groups, err = d.groups(c, e.DN, who.Username); err != nil {
			return who, err
		}
	}
	return who, d.admit(&who, groups)
}

// admit applies the rules.
func (d *Directory) admit(who *oidc.Identity, groups []string) error {
	_, domain, _ := strings.Cut(strings.ToLower(who.Mail), "@")
	if len(d.Rules.Domains) > 0 && !slices.Contains(d.Rules.Domains, domain) || len(d.Rules.Groups) > 0 && !among(groups, d.Rules.Groups) {
		return ErrNotIn
	}
	who.Admin = among(groups, d.Rules.Admins)
	return nil
}

// groups are the DNs of those that list somebody, for directories that do not write them
// beside the person.
func (d *Directory) groups(c *ldap.Conn, dn, username string) (list []string, err error) {
	member := ldap.EscapeFilter(dn)
	filter := "(|(member=" + member + ")(uniqueMember=" + member + ")(memberUid=" + ldap.EscapeFilter(cmp.Or(username, dn)) + "))"
	found, err := c.Search(ldap.NewSearchRequest(d.Base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 1000, int(timeout.Seconds()), false,
		filter, []string{"cn"}, nil))
	if err != nil {
		return nil, err
	}
	for _, e := range found.Entries {
		list = append(list, e.DN)
	}
	return list, nil
}

// among says whether one of the groups (DNs) is wanted, by its DN or its name.
func among(groups, wanted []string) bool {
	return slices.ContainsFunc(groups, func(g string) bool {
		dn, err := ldap.ParseDN(g)
		return err == nil && slices.ContainsFunc(wanted, func(w string) bool {
			if whole, err := ldap.ParseDN(w); err == nil {
				return whole.EqualFold(dn)
			}
			for _, a := range firstOf(dn) {
				if strings.EqualFold(a.Value, w) {
					return true
				}
			}
			return false
		})
	})
}

// firstOf are the attributes that name an entry.
func firstOf(dn *ldap.DN) []*ldap.AttributeTypeAndValue {
	if len(dn.RDNs) == 0 {
		return nil
	}
	return dn.RDNs[0].Attributes
}
