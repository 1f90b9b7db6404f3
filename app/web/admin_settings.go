package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/app/oidc"
	"parley/views"
)

func (s *Server) workspaceSettings(c *fiber.Ctx) error { return s.workspacePage(c, nil) }

// workspacePage shows the settings; errs are of a form that was refused, whose
// values are shown again.
func (s *Server) workspacePage(c *fiber.Ctx, errs views.Errors) error {
	if err := sessionOf(c).Account.May(chat.ManageSettings); err != nil {
		return err
	}
	set := s.workspace()
	f := views.WorkspaceForm{Name: set.Workspace(), Signup: set.Signup(), Retention: strconv.Itoa(set.Retention()),
		Previews: set.ShowsPreviews(), World: set.WorldMayRead(), Factor: set.Factor()}
	limits := c.Path() == "/admin/limits"
	f.Agree = errs[chat.SettingRetention] == agreeFirst
	if errs != nil && !limits {
		f.Name, f.Signup, f.Retention = formValue(c, "workspace"), formValue(c, "signup"), formValue(c, chat.SettingRetention)
		f.Factor = formValue(c, chat.SettingFactor, f.Factor)
		asked := fieldsOf(c, chat.SettingPreviews, chat.SettingWorld)
		asked.givenYes(chat.SettingPreviews, false, &f.Previews)
		asked.givenYes(chat.SettingWorld, false, &f.World)
	}
	for _, l := range chat.AllLimits {
		field := views.LimitField{Limit: l, Value: strconv.Itoa(s.chat.Limits.Value(l))}
		if errs != nil && limits {
			field.Value = formValue(c, l.Key, field.Value)
		}
		f.Limits = append(f.Limits, field)
	}
	for i, p := range s.Providers {
		f.Providers = append(f.Providers, views.ProviderSettings{Name: p.Name, Issuer: p.Issuer, Client: p.ClientID,
			Redirect: s.redirectURL(c, i+1), Answers: p.Answers(), Rules: rulesOf(p.Rules, p.Logout)})
	}
	if d := s.Directory; d != nil {
		f.Providers = append(f.Providers, views.ProviderSettings{Name: d.Name, Issuer: d.URL + "/" + d.Base, Answers: d.Answers(),
			Rules: rulesOf(d.Rules, false)})
	}
	var err error
	if f.Admin, err = s.admin(c, errs); err != nil {
		return err
	}
	return s.page(c, f.Viewer, adminView("Settings"), views.Workspace(f), nil)
}

// rulesOf says in words whom a provider lets in, and what they become.
func rulesOf(r oidc.Rules, logout bool) (rules []string) {
	for _, one := range []struct {
		words string
		list  []string
	}{{"Only mail addresses of ", r.Domains}, {"Only the groups ", r.Groups}, {"Administrators are the groups ", r.Admins}} {
		if len(one.list) > 0 {
			rules = append(rules, one.words+strings.Join(one.list, ", "))
		}
	}
	if r.Signup {
		rules = append(rules, "Who has no account may make one")
	}
	if logout {
		rules = append(rules, "Who logs out is logged out there, too")
	}
	return rules
}

const agreeFirst = "This deletes what is older, for good. Tick the box if you mean it."

func (s *Server) setWorkspace(c *fiber.Ctx) error {
	was := s.workspace().Retention()
	if days, err := strconv.Atoi(formValue(c, chat.SettingRetention)); err == nil && days > 0 && (was == 0 || days < was) &&
		formValue(c, "agree") == "" {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.workspacePage(c, views.Errors{chat.SettingRetention: agreeFirst})
	}
	set := chat.Settings{chat.SettingWorkspace: formValue(c, "workspace"), chat.SettingSignup: formValue(c, "signup"),
		chat.SettingRetention: formValue(c, chat.SettingRetention, fmt.Sprint(s.workspace().Retention()))}
	if v := formValue(c, chat.SettingFactor); v != "" {
		set[chat.SettingFactor] = v
	}
	for key, on := range fieldsOf(c, chat.SettingPreviews, chat.SettingWorld) {
		if on != "" {
			set[key] = map[bool]string{true: "on", false: "off"}[on == "1"]
		}
	}
	return s.administer(c, set)
}

func (s *Server) setLimits(c *fiber.Ctx) error {
	set := chat.Settings{}
	for _, l := range chat.AllLimits {
		if v := formValue(c, l.Key); v != "" {
			set[l.Key] = v
		}
	}
	return s.administer(c, set)
}

func (s *Server) administer(c *fiber.Ctx, set chat.Settings) error {
	if err := s.chat.SetSettings(c.UserContext(), sessionOf(c).Account, set); err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.workspacePage(c, errs)
	}
	if err := s.Reload(c.UserContext()); err != nil {
		return err
	}
	s.RetentionChanged()
	return c.Redirect("/admin/settings?done=saved", fiber.StatusSeeOther)
}
