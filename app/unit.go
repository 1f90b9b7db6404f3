package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// unit is a service for systemd that may do little but serve: see systemd.exec(5),
// and what systemd-analyze security says of it.
const unit = `# /etc/systemd/system/parley.service
[Unit]
Description=Parley, chat for teams
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=%s serve%s --data /var/lib/parley/parley.db
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
DynamicUser=yes
StateDirectory=parley
StateDirectoryMode=0700
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

[Install]
WantedBy=multi-user.target
`

// unitData is where the unit has its data file.
const unitData = "/var/lib/parley/parley.db"

// printUnit writes a unit that serves as these flags say.
func printUnit(cmd *cobra.Command) error {
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	if binary, err = filepath.EvalSymlinks(binary); err != nil {
		return err
	}
	if data := cmd.Flags().Lookup("data"); data.Changed && data.Value.String() != unitData {
		return usage{errors.New("--data: the unit keeps its data in " + unitData + ", the only place where it may write; leave --data out, or change what was printed")}
	}
	for _, hidden := range []string{"/home/", "/root/", "/tmp/", "/var/tmp/"} { // by ProtectHome and PrivateTmp
		if strings.HasPrefix(binary, hidden) {
			fmt.Fprintf(cmd.ErrOrStderr(), "Copy %s to /usr/local/bin first, and print the unit with that: systemd hides %s from it.\n", binary, hidden)
		}
	}
	var flags strings.Builder
	for _, name := range []string{"listen", "url", "tls-cert", "tls-key", "tls-domain", "http-listen", "acme-directory", "acme-root", "acme-email",
		"trusted-proxies", "metrics-listen", "log-format", "shutdown-timeout"} {
		if f := cmd.Flags().Lookup(name); f.Changed {
			value := strings.Trim(f.Value.String(), "[]")
			if strings.ContainsAny(value, " \t\"'\\$%") {
				return usage{fmt.Errorf("--%s: %q does not fit into a unit", name, value)}
			}
			fmt.Fprintf(&flags, " --%s %s", name, value)
		}
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), unit, binary, flags.String())
	return err
}
