#!/bin/sh
# Puts authorities on the blocklist of p11-kit's trust store, and takes them off.
# Made by Countersign; README.txt beside it says what it cannot do.
#
#   sh countersign-p11-kit.sh apply [FOLDER]
#   sh countersign-p11-kit.sh undo [FOLDER]
#   sh countersign-p11-kit.sh status [FOLDER]
#
# FOLDER is the blocklist; without it, that of Fedora, Arch or openSUSE. Files called countersign-* there are ours.
set -u
LC_ALL=C
export LC_ALL
umask 022

files() {
	cat <<'COUNTERSIGN'
@CERTIFICATES@
COUNTERSIGN
}

fail() {
	printf 'countersign: %s\n' "$1" >&2
	exit 1
}

action=${1-}
case $action in
apply | undo | status) ;;
*) fail "Usage: sh countersign-p11-kit.sh apply|undo|status [FOLDER]" ;;
esac
folder=${2-}
if [ -z "$folder" ]; then
	for place in /etc/pki/ca-trust/source/blocklist /etc/ca-certificates/trust-source/blocklist /etc/pki/trust/blocklist; do
		if [ -d "$place" ]; then folder=$place; fi
	done
	[ -n "$folder" ] || fail "no blocklist was found; name its folder"
fi
[ -d "$folder" ] || fail "$folder is no folder"

# Makes the bundles anew that programs without p11-kit read. Where none of these is there, p11-kit reads the folder itself.
update() {
	if command -v update-ca-trust >/dev/null 2>&1; then
		update-ca-trust extract || fail "update-ca-trust did not succeed"
	elif command -v update-ca-certificates >/dev/null 2>&1 && [ "$folder" = /etc/pki/trust/blocklist ]; then
		update-ca-certificates || fail "update-ca-certificates did not succeed"
	fi
}

apply() {
	files | while IFS= read -r line; do
		case $line in
		'') ;;
		'=== '*)
			name=${line#=== }
			: >"$folder/$name" || exit 1
			;;
		*) printf '%s\n' "$line" >>"$folder/$name" || exit 1 ;;
		esac
	done || fail "$folder cannot be written"
	for file in "$folder"/countersign-*; do
		[ -f "$file" ] || continue
		files | grep -q -x -F -e "=== ${file##*/}" || rm -f "$file" || fail "$file cannot be removed"
	done
	update
	status
}

undo() {
	for file in "$folder"/countersign-*; do
		[ -f "$file" ] || continue
		rm -f "$file" || fail "$file cannot be removed"
	done
	update
	printf 'All is as before\n'
}

status() {
	count=0
	for file in "$folder"/countersign-*; do
		[ -f "$file" ] && count=$((count + 1))
	done
	printf '%s files of Countersign are in %s\n' "$count" "$folder"
}

"$action"
