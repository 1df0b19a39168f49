package client

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// local tells whether every address that target can mean is on this machine. What it does not understand is not local.
func local(target string) bool {
	if strings.HasPrefix(target, "unix:") || strings.HasPrefix(target, "unix-abstract:") {
		return true
	}
	if list, ok := cutAny(target, "ipv4:", "ipv6:"); ok {
		for _, address := range strings.Split(list, ",") {
			if !localAddress(address) {
				return false
			}
		}
		return true
	}
	if u, err := url.Parse(target); err == nil && (u.Scheme == "dns" || u.Scheme == "passthrough") {
		return u.Host == "" && localAddress(strings.TrimPrefix(u.Path+u.Opaque, "/"))
	}
	return localAddress(target)
}

// localAddress tells whether a host with or without a port is a loopback address or "localhost".
func localAddress(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = strings.Trim(address, "[]")
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

func cutAny(s string, prefixes ...string) (string, bool) {
	for _, prefix := range prefixes {
		if after, ok := strings.CutPrefix(s, prefix); ok {
			return after, true
		}
	}
	return s, false
}
