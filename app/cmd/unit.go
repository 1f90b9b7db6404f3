package cmd

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"parley/app"
)

// unit is a service for systemd that may do little but serve: see systemd.exec(5),
// and what systemd-analyze security says of it. What is refused to it fails with an
// error in place of ending it.
const unit = `# /etc/systemd/system/parley.service
%s[Unit]
Description=Parley, chat for teams
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=%s
%sRestart=on-failure
TimeoutStopSec=%d
DynamicUser=yes
%s# It may write here and nowhere else: parley set backup.dir /var/lib/parley/backups
# For backups on another disk, make its directory writable for the group of the service
# and add: ReadWritePaths=/mnt/backup
StateDirectory=parley parley/backups
StateDirectoryMode=0700
RuntimeDirectory=parley
RuntimeDirectoryMode=0750
UMask=0077
LimitNOFILE=65536
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
PrivateTmp=yes
PrivateDevices=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`

const (
	// unitData is where the unit has its data file.
	unitData = "/var/lib/parley/parley.db"
	// unitRun is where it may have sockets.
	unitRun = "/run/parley/"
	// unitGroup may connect to these.
	unitGroup = "parley-proxy"
)

const (
	unitReload = "ExecReload=/bin/kill -HUP $MAINPID\n"
	// A credential is read by systemd, as root, when the service starts.
	unitSecrets = "# Read by systemd, so that only root need be able to. After a renewal: systemctl restart parley\n"
	unitProxy   = `# A proxy may connect to the socket when its user is in the group ` + unitGroup + `. Once, before the start:
#   groupadd --system ` + unitGroup + ` && usermod --append --groups ` + unitGroup + ` www-data && systemctl restart nginx
`
)

// secretFlags name files that the user of the service cannot read where they are.
var secretFlags = []string{"tls-cert", "tls-key", "acme-root", "bus-credentials", "bus-ca", "smtp-url-file", "oidc-client-secret-file",
	"ldap-bind-password-file", "ldap-ca"}

// printUnit writes a unit that serves as these flags say: each that was given is in it,
// or is refused.
func printUnit(cmd *cobra.Command, c app.Config) error {
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	if binary, err = filepath.EvalSymlinks(binary); err != nil {
		return err
	}
	for _, hidden := range []string{"/home/", "/root/", "/tmp/", "/var/tmp/"} { // by ProtectHome and PrivateTmp
		if strings.HasPrefix(binary, hidden) {
			fmt.Fprintf(cmd.ErrOrStderr(), "Copy %s to /usr/local/bin first, and print the unit with that: systemd hides %s from it.\n",
				binary, hidden)
		}
	}
	return writeUnit(cmd, cmd.OutOrStdout(), binary, c.Shutdown)
}

func writeUnit(cmd *cobra.Command, w io.Writer, binary string, shutdown time.Duration) error {
	words, secrets, err := unitFlags(cmd)
	if err != nil {
		return err
	}
	words = append([]string{binary}, words...)
	for i, word := range words {
		if words[i], err = unitWord(word); err != nil {
			return err
		}
	}
	var before, service string
	for _, name := range []string{"listen", "metrics-listen"} {
		path, local := strings.CutPrefix(cmd.Flags().Lookup(name).Value.String(), app.UnixPrefix)
		if local && (!strings.HasPrefix(path, unitRun) || filepath.Clean(path) != path) {
			return usageError{fmt.Errorf("--%s: the service can make its socket only in %s, like unix:%[2]shttp.sock", name, unitRun)}
		}
		if local {
			before, service = unitProxy, "Group="+unitGroup+"\n"
		}
	}
	reload := unitReload
	if secrets != "" {
		reload = unitSecrets + secrets
	}
	// A little longer than the server lets requests finish.
	stop := int((shutdown + 15*time.Second).Seconds())
	_, err = fmt.Fprintf(w, unit, before, strings.Join(words, " "), reload, stop, service)
	return err
}

// unitFlags are the words after the name of the program, and the lines for the files
// that systemd reads for it.
func unitFlags(cmd *cobra.Command) (words []string, secrets string, err error) {
	words = []string{"serve"}
	data := unitData
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		value := f.Value.String()
		if list, ok := f.Value.(pflag.SliceValue); ok {
			value = strings.Join(list.GetSlice(), ",")
		}
		switch {
		case !f.Changed || f.Name == "print-systemd-unit" || f.Name == "data" && value == unitData:
		case (f.Name == "data" || f.Name == "bus") && hasPassword(value):
			err = usageError{fmt.Errorf("--%s: a unit can be read by everybody on the machine; leave the password out of it, "+
				"and put it into a file: ?passfile=/etc/parley/pgpass for PostgreSQL, --bus-credentials for the bus", f.Name)}
		case f.Name == "smtp-url" && hasPassword(value):
			err = usageError{errors.New("--smtp-url: a unit can be read by everybody on the machine; put it into a file, and name that with --smtp-url-file")}
		case f.Name == "oidc-client-secret" && value != "":
			err = usageError{errors.New("--oidc-client-secret: a unit can be read by everybody on the machine; put it into a file, and name that with --oidc-client-secret-file")}
		case f.Name == "ldap-bind-password" && value != "":
			err = usageError{errors.New("--ldap-bind-password: a unit can be read by everybody on the machine; put it into a file, and name that with --ldap-bind-password-file")}
		case f.Name == "oidc-client-secret-file" && strings.Contains(value, ","):
			err = usageError{errors.New("--oidc-client-secret-file: a unit is printed for one; add the others to it by LoadCredential=")}
		case f.Name == "data" && app.Shared(value):
			data = value
		case f.Name == "data":
			err = usageError{errors.New("--data: the unit keeps its data in " + unitData +
				", where it may write; leave --data out, or change what was printed")}
		case slices.Contains(secretFlags, f.Name) && value != "":
			name := f.Name + ".pem"
			path, wrong := filepath.Abs(value)
			if wrong == nil {
				path, wrong = unitText(path)
			}
			if wrong != nil && err == nil {
				err = usageError{fmt.Errorf("--%s: %w", f.Name, wrong)}
			}
			secrets += "LoadCredential=" + name + ":" + path + "\n"
			words = append(words, "--"+f.Name, "${CREDENTIALS_DIRECTORY}/"+name)
		case f.Value.Type() == "bool":
			words = append(words, "--"+f.Name+"="+value)
		default:
			words = append(words, "--"+f.Name, value)
		}
	})
	return append(words, "--data", data), secrets, err
}

// hasPassword says whether any of several addresses has a password in it.
func hasPassword(addresses string) bool {
	for a := range strings.SplitSeq(addresses, ",") {
		u, err := url.Parse(a)
		if err != nil {
			continue
		}
		if _, has := u.User.Password(); has || u.Query().Has("password") {
			return true
		}
	}
	return false
}

// unitText is a text as it can stand in a unit: % begins a specifier.
func unitText(s string) (string, error) {
	for _, r := range s {
		if !unicode.IsPrint(r) { // a new line would be another directive
			return "", fmt.Errorf("%q has a character that does not fit into a unit", s)
		}
	}
	return strings.ReplaceAll(s, "%", "%%"), nil
}

// unitWord is a word of a command line: see "Command lines" in systemd.service(5).
func unitWord(s string) (string, error) {
	if strings.HasPrefix(s, "${CREDENTIALS_DIRECTORY}/") {
		return s, nil
	}
	text, err := unitText(s)
	if err != nil {
		return "", usageError{err}
	}
	text = strings.ReplaceAll(text, "$", "$$")
	if text != "" && !strings.ContainsAny(text, " \t\"'\\;") {
		return text, nil
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`, nil
}
