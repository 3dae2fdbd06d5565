/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of sockets, protocols and the domain name system. */
#define _GNU_SOURCE
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "names_list.h"

/* Each family twice: as the C macro, and as the word that people read. */
#define FAMILIES(X)                                                                                \
	X("UNSPEC", "unspec", 0) X("UNIX", "unix", 1) X("INET", "inet", 2) X("AX25", "ax25", 3)    \
	X("IPX", "ipx", 4) X("APPLETALK", "appletalk", 5) X("NETROM", "netrom", 6)                 \
	X("BRIDGE", "bridge", 7) X("ATMPVC", "atmpvc", 8) X("X25", "x25", 9)                       \
	X("INET6", "inet6", 10) X("ROSE", "rose", 11) X("DECnet", "decnet", 12)                    \
	X("NETBEUI", "netbeui", 13) X("SECURITY", "security", 14) X("KEY", "key", 15)              \
	X("NETLINK", "netlink", 16) X("PACKET", "packet", 17) X("ASH", "ash", 18)                  \
	X("ECONET", "econet", 19) X("ATMSVC", "atmsvc", 20) X("RDS", "rds", 21)                    \
	X("SNA", "sna", 22) X("IRDA", "irda", 23) X("PPPOX", "pppox", 24)                          \
	X("WANPIPE", "wanpipe", 25) X("LLC", "llc", 26) X("IB", "ib", 27) X("MPLS", "mpls", 28)    \
	X("CAN", "can", 29) X("TIPC", "tipc", 30) X("BLUETOOTH", "bluetooth", 31)                  \
	X("IUCV", "iucv", 32) X("RXRPC", "rxrpc", 33) X("ISDN", "isdn", 34)                        \
	X("PHONET", "phonet", 35) X("IEEE802154", "ieee802154", 36) X("CAIF", "caif", 37)          \
	X("ALG", "alg", 38) X("NFC", "nfc", 39) X("VSOCK", "vsock", 40) X("KCM", "kcm", 41)        \
	X("QIPCRTR", "qipcrtr", 42) X("SMC", "smc", 43) X("XDP", "xdp", 44) X("MCTP", "mctp", 45)

#define X(name, word, value) {"AF_" name, value},
static const struct name_row family_rows[] = {
	FAMILIES(X)
	{"AF_LOCAL", 1}, {"AF_ROUTE", 16},
};
#undef X
NAME_LIST(family, 48, ALL_BITS, "AF_");

#define X(name, word, value) {word, value},
static const struct name_row family_word_rows[] = {FAMILIES(X)};
#undef X
NAME_LIST(family_word, 46, ALL_BITS, "");

static const struct name_row socket_rows[] = {
	ROW(SOCK_STREAM), ROW(SOCK_DGRAM), ROW(SOCK_RAW), ROW(SOCK_RDM), ROW(SOCK_SEQPACKET),
	ROW(SOCK_DCCP), ROW(SOCK_PACKET), ROW(SOCK_NONBLOCK), ROW(SOCK_CLOEXEC),
};
NAME_LIST(socket, 9, 0xf, "SOCK_");

static const struct name_row socket_word_rows[] = {
	{"stream", SOCK_STREAM}, {"dgram", SOCK_DGRAM}, {"raw", SOCK_RAW}, {"rdm", SOCK_RDM},
	{"seqpacket", SOCK_SEQPACKET}, {"dccp", SOCK_DCCP}, {"packet", SOCK_PACKET},
};
NAME_LIST(socket_word, 7, ALL_BITS, "");

/* IANA's numbers. 262 and 256 are the kernel's own, beyond a byte. */
#define PROTOCOLS(X)                                                                               \
	X("IP", "ip", 0) X("ICMP", "icmp", 1) X("IGMP", "igmp", 2) X("IPIP", "ipip", 4)            \
	X("TCP", "tcp", 6) X("EGP", "egp", 8) X("PUP", "pup", 12) X("UDP", "udp", 17)              \
	X("IDP", "idp", 22) X("TP", "tp", 29) X("DCCP", "dccp", 33) X("IPV6", "ipv6", 41)          \
	X("ROUTING", "routing", 43) X("FRAGMENT", "fragment", 44) X("RSVP", "rsvp", 46)            \
	X("GRE", "gre", 47) X("ESP", "esp", 50) X("AH", "ah", 51) X("ICMPV6", "icmpv6", 58)        \
	X("NONE", "none", 59) X("DSTOPTS", "dstopts", 60) X("MTP", "mtp", 92)                      \
	X("BEETPH", "beetph", 94) X("ENCAP", "encap", 98) X("PIM", "pim", 103)                     \
	X("COMP", "comp", 108) X("L2TP", "l2tp", 115) X("SCTP", "sctp", 132) X("MH", "mh", 135)    \
	X("UDPLITE", "udplite", 136) X("MPLS", "mpls", 137) X("ETHERNET", "ethernet", 143)         \
	X("RAW", "raw", 255) X("SMC", "smc", 256) X("MPTCP", "mptcp", 262)

#define X(name, word, value) {"IPPROTO_" name, value},
static const struct name_row protocol_rows[] = {PROTOCOLS(X)};
#undef X
NAME_LIST(protocol, 35, ALL_BITS, "IPPROTO_");

#define X(name, word, value) {word, value},
static const struct name_row protocol_word_rows[] = {PROTOCOLS(X)};
#undef X
NAME_LIST(protocol_word, 35, ALL_BITS, "");

static const struct name_row netlink_rows[] = {
	ROW(NETLINK_ROUTE), ROW(NETLINK_UNUSED), ROW(NETLINK_USERSOCK), ROW(NETLINK_FIREWALL),
	ROW(NETLINK_SOCK_DIAG), ROW(NETLINK_NFLOG), ROW(NETLINK_XFRM), ROW(NETLINK_SELINUX),
	ROW(NETLINK_ISCSI), ROW(NETLINK_AUDIT), ROW(NETLINK_FIB_LOOKUP), ROW(NETLINK_CONNECTOR),
	ROW(NETLINK_NETFILTER), ROW(NETLINK_IP6_FW), ROW(NETLINK_DNRTMSG),
	ROW(NETLINK_KOBJECT_UEVENT), ROW(NETLINK_GENERIC), ROW(NETLINK_SCSITRANSPORT),
	ROW(NETLINK_ECRYPTFS), ROW(NETLINK_RDMA), ROW(NETLINK_CRYPTO), ROW(NETLINK_SMC),
};
NAME_LIST(netlink, 22, ALL_BITS, "NETLINK_");

static const struct name_row message_rows[] = {
	ROW(MSG_OOB), ROW(MSG_PEEK), ROW(MSG_DONTROUTE), ROW(MSG_CTRUNC), ROW(MSG_PROXY),
	ROW(MSG_TRUNC), ROW(MSG_DONTWAIT), ROW(MSG_EOR), ROW(MSG_WAITALL), ROW(MSG_FIN),
	ROW(MSG_SYN), ROW(MSG_CONFIRM), ROW(MSG_RST), ROW(MSG_ERRQUEUE), ROW(MSG_NOSIGNAL),
	ROW(MSG_MORE), ROW(MSG_WAITFORONE), ROW(MSG_BATCH), ROW(MSG_ZEROCOPY), ROW(MSG_FASTOPEN),
	ROW(MSG_CMSG_CLOEXEC),
};
NAME_LIST(message, 21, 0, "MSG_");

static const struct name_row shutdown_rows[] = {
	ROW(SHUT_RD), ROW(SHUT_WR), ROW(SHUT_RDWR),
};
NAME_LIST(shutdown, 3, ALL_BITS, "SHUT_");

static const struct name_row socket_level_rows[] = {
	ROW(SOL_SOCKET), {"SOL_IP", 0}, {"SOL_TCP", 6}, {"SOL_UDP", 17}, {"SOL_IPV6", 41},
	{"SOL_ICMPV6", 58}, {"SOL_SCTP", 132}, ROW(SOL_RAW), ROW(SOL_PACKET), {"SOL_NETLINK", 270},
	{"SOL_TLS", 282}, {"SOL_XDP", 283}, {"SOL_VSOCK", 287},
};
NAME_LIST(socket_level, 13, ALL_BITS, "SOL_");

/* IANA's registry, as far as real traffic has them. */
static const struct name_row dns_type_rows[] = {
	{"A", 1}, {"NS", 2}, {"MD", 3}, {"MF", 4}, {"CNAME", 5}, {"SOA", 6}, {"MB", 7}, {"MG", 8},
	{"MR", 9}, {"NULL", 10}, {"WKS", 11}, {"PTR", 12}, {"HINFO", 13}, {"MINFO", 14}, {"MX", 15},
	{"TXT", 16}, {"RP", 17}, {"AFSDB", 18}, {"SIG", 24}, {"KEY", 25}, {"AAAA", 28}, {"LOC", 29},
	{"SRV", 33}, {"NAPTR", 35}, {"KX", 36}, {"CERT", 37}, {"DNAME", 39}, {"OPT", 41},
	{"APL", 42}, {"DS", 43}, {"SSHFP", 44}, {"IPSECKEY", 45}, {"RRSIG", 46}, {"NSEC", 47},
	{"DNSKEY", 48}, {"DHCID", 49}, {"NSEC3", 50}, {"NSEC3PARAM", 51}, {"TLSA", 52},
	{"SMIMEA", 53}, {"HIP", 55}, {"CDS", 59}, {"CDNSKEY", 60}, {"OPENPGPKEY", 61},
	{"CSYNC", 62}, {"ZONEMD", 63}, {"SVCB", 64}, {"HTTPS", 65}, {"SPF", 99}, {"EUI48", 108},
	{"EUI64", 109}, {"TKEY", 249}, {"TSIG", 250}, {"IXFR", 251}, {"AXFR", 252},
	{"MAILB", 253}, {"MAILA", 254}, {"ANY", 255}, {"URI", 256}, {"CAA", 257},
};
NAME_LIST(dns_type, 60, ALL_BITS, "");

static const struct name_row dns_class_rows[] = {
	{"IN", 1}, {"CS", 2}, {"CH", 3}, {"HS", 4}, {"NONE", 254}, {"ANY", 255},
};
NAME_LIST(dns_class, 6, ALL_BITS, "");

static const struct name_row dns_rcode_rows[] = {
	{"NOERROR", 0}, {"FORMERR", 1}, {"SERVFAIL", 2}, {"NXDOMAIN", 3}, {"NOTIMP", 4},
	{"REFUSED", 5}, {"YXDOMAIN", 6}, {"YXRRSET", 7}, {"NXRRSET", 8}, {"NOTAUTH", 9},
	{"NOTZONE", 10}, {"DSOTYPENI", 11},
};
NAME_LIST(dns_rcode, 12, ALL_BITS, "");
