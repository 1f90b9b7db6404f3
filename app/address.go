package app

import "net"

// Greeting is the address to open, or words for who knows it better.
func Greeting(c Config, address net.Addr) string {
	if c.URL != "" {
		return c.URL
	}
	if address.Network() == "unix" {
		return "the address of the proxy before " + address.String()
	}
	scheme := "http://"
	if c.Cert != "" {
		scheme = "https://"
	}
	host, port, _ := net.SplitHostPort(address.String())
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + net.JoinHostPort(host, port)
}

// SettingAddress is where the address of the last server is noted, so that commands
// can print links. It is not one of the settings that people change.
const SettingAddress = "address"
