#!/bin/sh
# Tells macOS never to trust authorities for TLS servers, and takes it back.
# Made by Countersign; README.txt beside it says what it cannot do.
#
#   sudo sh countersign-macos.sh apply
#   sudo sh countersign-macos.sh undo
#   sudo sh countersign-macos.sh status
#
# macOS asks for an administrator's password for each change of trust. What was changed is noted in
# /Library/Application Support/Countersign, before it is changed.
set -u
LC_ALL=C
export LC_ALL
umask 022

keychain=/Library/Keychains/System.keychain
state="/Library/Application Support/Countersign"

# SHA-256 and SHA-1 of each certificate, and the certificate.
certificates() {
	cat <<'COUNTERSIGN'
@CERTIFICATES@
COUNTERSIGN
}

fail() {
	printf 'countersign: %s\n' "$1" >&2
	exit 1
}

# Whether an administrator has set trust for it already: that cannot be put back, so it is left alone.
has_settings() { # SHA1
	security trust-settings-export -d "$state/settings.part" >/dev/null 2>&1 || return 1
	grep -q -i "<key>$1</key>" "$state/settings.part"
	found=$?
	rm -f "$state/settings.part"
	return $found
}

refuse() { # SHA256 SHA1 BASE64
	if [ -f "$state/$1.was" ]; then return 0; fi
	if has_settings "$2"; then
		printf 'Left as it is, since its trust was set by somebody already: %s\n' "$1"
		return 0
	fi
	{
		printf -- '-----BEGIN CERTIFICATE-----\n'
		printf '%s\n' "$3" | fold -w 64
		printf -- '-----END CERTIFICATE-----\n'
	} >"$state/$1.pem" || fail "$state cannot be written"
	was=new
	if security find-certificate -a -Z "$keychain" | grep -q -i "^SHA-1 hash: $2\$"; then was=there; fi
	printf '%s %s\n' "$was" "$2" >"$state/$1.was" || fail "$state cannot be written"
	security add-trusted-cert -d -r deny -p ssl -k "$keychain" "$state/$1.pem" || fail "security could not change the trust"
}

restore() { # SHA256
	read -r was sha1 <"$state/$1.was"
	if has_settings "$sha1"; then
		security remove-trusted-cert -d "$state/$1.pem" || fail "security could not change the trust"
	fi
	if [ "$was" = new ] && security find-certificate -a -Z "$keychain" | grep -q -i "^SHA-1 hash: $sha1\$"; then
		security delete-certificate -Z "$sha1" "$keychain" || fail "security could not remove the certificate"
	fi
	rm -f "$state/$1.was" "$state/$1.pem"
}

restore_all() { # LIST: what stands in it is kept
	for file in "$state"/*.was; do
		[ -f "$file" ] || continue
		hash=${file##*/}
		hash=${hash%.was}
		if [ -n "$1" ] && grep -q "^$hash " "$1"; then continue; fi
		restore "$hash"
	done
}

apply() {
	mkdir -p "$state" || fail "this takes an administrator's rights (sudo)"
	certificates >"$state/list" || fail "$state cannot be written"
	restore_all "$state/list"
	# The third descriptor, because security asks on the terminal.
	while read -r sha256 sha1 base64 <&3; do
		if [ -n "$sha256" ]; then refuse "$sha256" "$sha1" "$base64"; fi
	done 3<"$state/list"
	rm -f "$state/list"
	status
}

undo() {
	if [ -d "$state" ]; then
		restore_all ""
		rm -f "$state"/*.pem "$state/list" "$state/settings.part"
		rmdir "$state" || fail "$state is not empty"
	fi
	printf 'All is as before\n'
}

status() {
	count=0
	for file in "$state"/*.was; do
		[ -f "$file" ] && count=$((count + 1))
	done
	printf '%s certificates are refused by Countersign\n' "$count"
}

command -v security >/dev/null 2>&1 || fail "this is for macOS"
case ${1-} in
apply | undo | status) "$1" ;;
*) fail "Usage: sudo sh countersign-macos.sh apply|undo|status" ;;
esac
