#!/bin/sh
# Takes authorities out of Debian's list of roots (ca-certificates), by their keys, and puts them back.
# Made by Countersign; README.txt beside it says what it cannot do.
#
#   sh countersign-debian.sh apply     marks them in /etc/ca-certificates.conf, and runs update-ca-certificates --fresh
#   sh countersign-debian.sh undo      takes these marks back
#   sh countersign-debian.sh status    says what of it is still in the list
#
# What was marked is noted in /var/lib/countersign, before anything is changed.
set -u
LC_ALL=C
export LC_ALL
umask 022

conf=/etc/ca-certificates.conf
shipped=/usr/share/ca-certificates
added=/usr/local/share/ca-certificates
bundle=/etc/ssl/certs/ca-certificates.crt
folder=/var/lib/countersign
state=$folder/ca-certificates

# SHA-256 of public keys ("key") and of single certificates ("certificate").
refused() {
	cat <<'COUNTERSIGN'
@CERTIFICATES@
COUNTERSIGN
}

fail() {
	printf 'countersign: %s\n' "$1" >&2
	exit 1
}

work=$(mktemp -d) || fail "no folder for temporary files"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
refused >"$work/refused"

single=
if grep -q '^certificate ' "$work/refused"; then single=yes; fi

is_refused() { # FILE
	key=$(openssl x509 -in "$1" -noout -pubkey 2>/dev/null | openssl pkey -pubin -outform DER 2>/dev/null | openssl dgst -sha256 -r)
	grep -q -x "key ${key%% *}" "$work/refused" && return 0
	[ -n "$single" ] || return 1
	whole=$(openssl x509 -in "$1" -outform DER 2>/dev/null | openssl dgst -sha256 -r)
	grep -q -x "certificate ${whole%% *}" "$work/refused"
}

# Writes the configuration with the lines of a file marked and those of another one not.
rewrite() { # TO_MARK TO_FREE
	cp -p "$conf" "$conf.countersign" || fail "$conf cannot be written"
	while IFS= read -r line || [ -n "$line" ]; do
		name=${line#!}
		if [ "$name" = "$line" ] && [ -n "$line" ] && grep -q -x -F -e "$name" "$1"; then
			printf '!%s\n' "$name"
		elif [ "$name" != "$line" ] && grep -q -x -F -e "$name" "$2"; then
			printf '%s\n' "$name"
		else
			printf '%s\n' "$line"
		fi
	done <"$conf" >"$conf.countersign" || fail "$conf cannot be written"
	mv "$conf.countersign" "$conf" || fail "$conf cannot be written"
}

update() {
	# Afresh, because update-ca-certificates does not find the links that it made for names with spaces or brackets.
	update-ca-certificates --fresh || fail "update-ca-certificates did not succeed"
}

# What of it programs still accept: by the list that was made, and by what was added on this computer. Certificates
# that were found to be good just now ($work/good has their files) are not looked at again.
remaining() {
	count=0
	[ -f "$work/good" ] || : >"$work/good"
	awk -v to="$work/in-list-" -v good="$work/good" '
		function take(line) {
			if (line ~ /BEGIN CERTIFICATE/) { body = ""; inside = 1 }
			if (inside) body = body line "\n"
			if (inside && line ~ /END CERTIFICATE/) { inside = 0; return 1 }
			return 0
		}
		BEGIN {
			while ((getline file < good) > 0) {
				while ((getline line < file) > 0) if (take(line)) seen[body] = 1
				close(file)
			}
		}
		take($0) && !(body in seen) { n++; printf "%s", body > (to n); close(to n) }
	' "$bundle"
	for file in "$work"/in-list-*; do
		[ -f "$file" ] || continue
		if is_refused "$file"; then count=$((count + 1)); fi
		rm -f "$file"
	done
	if [ -d "$added" ]; then
		find -L "$added" -type f -name '*.crt' >"$work/added"
		while IFS= read -r file; do
			if is_refused "$file"; then
				printf 'Still accepted, since it was added on this computer: %s\n' "$file"
			fi
		done <"$work/added"
	fi
	printf '%s of the refused keys are in %s\n' "$count" "$bundle"
	[ "$count" -eq 0 ]
}

may_write() {
	[ -f "$conf" ] || fail "$conf is not there: this is for systems with Debian's ca-certificates"
	[ -w "$conf" ] || fail "this takes an administrator's rights (sudo)"
}

apply() {
	may_write
	mkdir -p "$folder" || fail "$folder cannot be made"
	[ -f "$state" ] || : >"$state"
	while IFS= read -r line || [ -n "$line" ]; do
		case $line in
		'' | '#'*) continue ;;
		esac
		name=${line#!}
		# What somebody else has marked is left to them.
		if [ "$name" != "$line" ] && ! grep -q -x -F -e "$name" "$state"; then continue; fi
		[ -f "$shipped/$name" ] || continue
		if is_refused "$shipped/$name"; then
			printf '%s\n' "$name"
		else
			printf '%s\n' "$shipped/$name" >>"$work/good"
		fi
	done <"$conf" >"$work/mark"
	grep -v -x -F -f "$work/mark" "$state" >"$work/free"
	sort -u "$state" "$work/mark" >"$work/both"
	cp "$work/both" "$state.part" && mv "$state.part" "$state" || fail "$state cannot be written"
	rewrite "$work/mark" "$work/free"
	cp "$work/mark" "$state.part" && mv "$state.part" "$state" || fail "$state cannot be written"
	update
	printf '%s roots were taken out of the list\n' "$(grep -c . "$work/mark")"
	remaining
}

undo() {
	may_write
	if [ -f "$state" ]; then
		: >"$work/none"
		rewrite "$work/none" "$state"
		update
		rm -f "$state"
		rmdir "$folder" 2>/dev/null
	fi
	printf 'All is as before\n'
}

status() {
	remaining
}

case ${1-} in
apply | undo | status) "$1" ;;
*) fail "Usage: sh countersign-debian.sh apply|undo|status" ;;
esac
