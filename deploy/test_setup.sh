#!/bin/sh
# What the tests need beside Python and Node: real servers, a real browser, and another reader of mail.
set -eu
packages="dovecot-imapd dovecot-lmtpd postfix redis-server postgresql chromium fonts-noto-core maildir-utils"

missing() {
  [ -x /usr/sbin/dovecot ] || echo dovecot-imapd
  [ -x /usr/lib/dovecot/lmtp ] || echo dovecot-lmtpd
  [ -x /usr/sbin/postfix ] || echo postfix
  command -v redis-server >/dev/null || echo redis-server
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || echo postgresql
  command -v chromium >/dev/null || echo chromium
  command -v mu >/dev/null || echo maildir-utils
}

[ -n "$(missing)" ] || exit 0
if ! command -v apt-get >/dev/null; then
  echo "The tests need these programs, please install them: $(missing | tr '\n' ' ')" >&2
  exit 1
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "As root, please run: apt-get install $packages" >&2; exit 1; }
  as_root="sudo"
fi
echo "Installing $packages …"
# No server may start by itself: the tests start their own, on ports of their own.
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
$as_root apt-get update -qq
# Nor may Postfix become this machine's mail server: it stays without a configuration, and replaces no other.
echo "postfix postfix/main_mailer_type select No configuration" | $as_root debconf-set-selections
$as_root apt-get install -y -qq --no-remove --no-install-recommends $packages >/dev/null
[ -z "$(missing)" ] || { echo "Still missing after the installation: $(missing | tr '\n' ' ')" >&2; exit 1; }
