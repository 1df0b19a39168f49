package outside

import "net/netip"

// awsMetadata and nat64 are addresses that are no link-local ones and lead to the same.
var (
	awsMetadata = netip.MustParseAddr("fd00:ec2::254")
	nat64       = netip.MustParsePrefix("64:ff9b::/96")
)

// Reserved reports whether no checker can be at an address: machines keep services of their own there, as that which tells
// programs in a cloud their secrets (169.254.169.254).
func Reserved(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if nat64.Contains(ip) {
		mapped := ip.As16()
		ip = netip.AddrFrom4([4]byte(mapped[12:]))
	}
	return ip.IsUnspecified() || ip.IsMulticast() || ip.IsLinkLocalUnicast() || ip == awsMetadata
}
