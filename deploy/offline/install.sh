#!/bin/sh
# Installs Truebound from this folder, without any network. As root:
#   ./install.sh server    the server into /opt/truebound, its command, its user, its service
#   ./install.sh agent     the agent's package
#   ./install.sh check     only looks whether every file is as it was made
# Again = an upgrade: settings and data stay. What is started, and when, is yours to say.
set -eu
cd "$(dirname "$(readlink -f "$0")")"

fail() { echo "$1" >&2; exit 1; }

check() {
  sha256sum --quiet --strict --check SHA256SUMS || fail "Cannot install: a file is damaged, or not the one that was made"
  stranger=$(find . -type f ! -name 'SHA256SUMS*' -printf '%P\n' | LC_ALL=C sort >"${TMPDIR:-/tmp}/truebound-found.$$"
    cut -c 67- SHA256SUMS | LC_ALL=C sort | LC_ALL=C comm -13 - "${TMPDIR:-/tmp}/truebound-found.$$"
    rm -f "${TMPDIR:-/tmp}/truebound-found.$$")
  [ -z "$stranger" ] || fail "Cannot install: SHA256SUMS does not name $stranger"
  [ ! -e SHA256SUMS.asc ] || echo "Every file is as SHA256SUMS says; whether that is its maker's: gpg --verify SHA256SUMS.asc SHA256SUMS"
}

server() {
  version=$(sed -n 's/.*"version": "\([^"]*\)".*/\1/p' server/app/server/package.json | head -n 1)
  target=/opt/truebound/$version
  getent passwd truebound >/dev/null ||
    useradd --system --user-group --home-dir /var/lib/truebound --no-create-home --shell /usr/sbin/nologin truebound
  install -d -m 0755 /opt/truebound /etc/truebound /usr/local/bin
  install -d -m 0700 -o truebound -g truebound /var/lib/truebound
  # Whole, or not under its name.
  rm -rf "$target.new"
  cp -a server "$target.new"
  chown -R root:root "$target.new"
  rm -rf "$target.old"
  [ ! -e "$target" ] || mv "$target" "$target.old"
  mv "$target.new" "$target"
  rm -rf "$target.old"
  ln -sfn "$version" /opt/truebound/current.new
  mv -T /opt/truebound/current.new /opt/truebound/current
  ln -sfn /opt/truebound/current/bin/truebound /usr/local/bin/truebound
  install -m 0644 README.md THIRD-PARTY-NOTICES /opt/truebound/
  [ -e /etc/truebound/truebound.env ] || install -m 0640 -g truebound truebound.env /etc/truebound/truebound.env
  if [ -d /etc/systemd/system ]; then install -m 0644 truebound.service /etc/systemd/system/truebound.service; fi
  if [ -d /run/systemd/system ]; then systemctl daemon-reload; else echo "No systemd runs here: nothing will start the server by itself"; fi
  echo "Installed the server $version. Next: DATABASE_URL in /etc/truebound/truebound.env, truebound migrate, systemctl enable --now truebound"
}

agent() {
  if command -v dpkg >/dev/null && ls agent/*.deb >/dev/null 2>&1; then dpkg --force-confdef --force-confold -i agent/*.deb
  elif command -v rpm >/dev/null && ls agent/*.rpm >/dev/null 2>&1; then rpm -U --replacepkgs agent/*.rpm
  else fail "Cannot install a package here: unpack agent/*.tar.gz, and see README.md in it"
  fi
}

case "${1:-}" in
  check) check ;;
  server | agent) [ "$(id -u)" = 0 ] || fail "Cannot install the $1 as this user: run it as root"; check; "$1" ;;
  *) echo "usage: ./install.sh server|agent|check" >&2; exit 2 ;;
esac
