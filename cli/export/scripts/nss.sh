#!/bin/sh
# Refuses authorities in profiles of Firefox and Thunderbird, by certutil of NSS, and takes it back.
# Made by Countersign; README.txt beside it says what it cannot do.
#
#   sh countersign-nss.sh                      lists the profiles of this user
#   sh countersign-nss.sh apply  PROFILE...    refuses, in these profile folders (or --all)
#   sh countersign-nss.sh undo   PROFILE...    takes it back: everything is as before
#   sh countersign-nss.sh status PROFILE...    says what is refused by it
#
# --password-file FILE (after the command) gives certutil the primary password, where there is one.
# What was there before is noted in the profile's folder "countersign", before anything is changed.
set -u
LC_ALL=C
export LC_ALL

certificates() {
	cat <<'COUNTERSIGN'
@CERTIFICATES@
COUNTERSIGN
}

fail() {
	printf 'countersign: %s\n' "$1" >&2
	exit 1
}

profiles() {
	for folder in "$HOME/.mozilla/firefox" "$HOME/.config/mozilla/firefox" \
		"$HOME/snap/firefox/common/.mozilla/firefox" "$HOME/.var/app/org.mozilla.firefox/.mozilla/firefox" \
		"$HOME/.var/app/org.mozilla.firefox/config/mozilla/firefox" \
		"$HOME/.thunderbird" "$HOME/snap/thunderbird/common/.thunderbird" \
		"$HOME/.var/app/org.mozilla.Thunderbird/.thunderbird" \
		"$HOME/Library/Application Support/Firefox/Profiles" "$HOME/Library/Thunderbird/Profiles"; do
		for profile in "$folder"/*; do
			[ -f "$profile/cert9.db" ] && printf '%s\n' "$profile"
		done
	done
	return 0
}

# Firefox reads its database once: what is changed under it would be lost, or overwritten.
must_be_closed() {
	[ -f "$1/cert9.db" ] || fail "$1 is no profile: it has no cert9.db"
	[ -h "$1/lock" ] || return 0
	owner=$(readlink "$1/lock")
	pid=${owner##*+}
	case $pid in
	'' | *[!0-9]*) return 0 ;;
	esac
	if kill -0 "$pid" 2>/dev/null; then fail "$1 is in use: close the program first"; fi
	return 0
}

# NAME and trust of every certificate in the profile, a line each, sorted.
list() {
	certutil -L -d "sql:$profile" | sed '/^$/d; /^Certificate Nickname /d; /^ *SSL,S\/MIME,JAR\/XPI *$/d; s/ *$//' | sort
}

put() { # HASH TRUST
	certutil -A -d "sql:$profile" -n "countersign-$1" -t "$2" -i "$state/$1.pem" ${password:+-f "$password"} ||
		fail "certutil could not change $profile"
}

# Notes what a certificate was before, out of the list that was made before it was touched.
settle() { # HASH
	list >"$state/after"
	if grep -q "^countersign-$1 " "$state/after"; then
		was=new
	else
		was=$(comm -23 "$state/$1.before" "$state/after" | sed -n '1s/.* //p' | tr -d u)
		[ -n "$was" ] || was=same
	fi
	printf '%s\n' "$was" >"$state/$1.was.part" && mv "$state/$1.was.part" "$state/$1.was" || fail "$state cannot be written"
	rm -f "$state/$1.before" "$state/after"
}

settle_all() {
	for file in "$state"/*.before; do
		[ -f "$file" ] || continue
		hash=${file##*/}
		settle "${hash%.before}"
	done
}

refuse() { # HASH BASE64
	again=yes
	if [ ! -f "$state/$1.was" ]; then
		again=
		{
			printf -- '-----BEGIN CERTIFICATE-----\n'
			printf '%s\n' "$2" | fold -w 64
			printf -- '-----END CERTIFICATE-----\n'
		} >"$state/$1.pem" || fail "$state cannot be written"
		list >"$state/$1.before.part" && mv "$state/$1.before.part" "$state/$1.before" || fail "$state cannot be written"
		put "$1" p,,
		settle "$1"
	fi
	was=$(cat "$state/$1.was")
	case $was in
	new | same) [ -z "$again" ] || put "$1" p,, ;;
	# What it is for besides servers stays as it was.
	*) put "$1" "p,${was#*,}" ;;
	esac
}

restore() { # HASH
	was=$(cat "$state/$1.was")
	case $was in
	new)
		if list | grep -q "^countersign-$1 "; then
			certutil -D -d "sql:$profile" -n "countersign-$1" ${password:+-f "$password"} ||
				fail "certutil could not change $profile"
		fi
		;;
	same) ;;
	*) put "$1" "$was" ;;
	esac
	rm -f "$state/$1.was" "$state/$1.pem"
}

apply() {
	mkdir -p "$state" || fail "$state cannot be made"
	settle_all
	for file in "$state"/*.was; do
		[ -f "$file" ] || continue
		hash=${file##*/}
		hash=${hash%.was}
		certificates | grep -q "^$hash " || restore "$hash"
	done
	count=0
	certificates >"$state/list"
	while read -r hash base64; do
		[ -n "$hash" ] || continue
		refuse "$hash" "$base64"
		count=$((count + 1))
	done <"$state/list"
	rm -f "$state/list"
	printf '%s: %s certificates are refused\n' "$profile" "$count"
}

undo() {
	if [ -d "$state" ]; then
		settle_all
		for file in "$state"/*.was; do
			[ -f "$file" ] || continue
			hash=${file##*/}
			restore "${hash%.was}"
		done
		rm -f "$state"/*.part "$state"/*.pem "$state/list" "$state/after"
		rmdir "$state" || fail "$state is not empty"
	fi
	printf '%s: all is as before\n' "$profile"
}

status() {
	count=0
	for file in "$state"/*.was; do
		[ -f "$file" ] && count=$((count + 1))
	done
	printf '%s: %s certificates are refused by Countersign\n' "$profile" "$count"
}

command -v certutil >/dev/null 2>&1 || fail "certutil is missing (Debian: libnss3-tools, Fedora: nss-tools, macOS with Homebrew: nss)"
action=${1-}
case $action in
apply | undo | status) shift ;;
'')
	printf 'Usage: sh countersign-nss.sh apply|undo|status PROFILE... (or --all)\nProfiles of this user:\n'
	profiles
	exit 0
	;;
*) fail "there are apply, undo and status" ;;
esac
password=
if [ "${1-}" = --password-file ]; then
	[ $# -ge 2 ] || fail "--password-file needs a file"
	password=$2
	shift 2
fi
[ $# -gt 0 ] || fail "name the profile folders, or say --all"
if [ "$1" = --all ]; then
	found=$(profiles)
	[ -n "$found" ] || fail "no profile was found"
	IFS='
'
	set -f
	# shellcheck disable=SC2086
	set -- $found
	set +f
	unset IFS
fi
for profile in "$@"; do
	must_be_closed "$profile"
	state=$profile/countersign
	"$action"
done
