#!/usr/bin/env bash
# Installs Debian packages of Bora in a bare Debian root, begins an app there, builds it and asks it for its page.
#
#   try_packages.sh ROOT PACKAGE.deb...
#
# Needs root and a mirror of Debian (as apt has it). ROOT is made by mmdebstrap unless it is there; it may be removed afterwards.
set -euo pipefail

root=$(realpath -m "$1")
shift
release=$(. /etc/os-release && echo "$VERSION_CODENAME")

in_root() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"; }

if [[ ! -x $root/usr/bin/dpkg ]]; then
  mmdebstrap --variant=minbase "$release" "$root" >"$root.log" 2>&1 || { cat "$root.log" >&2; exit 1; }
fi
cleanup() { umount "$root/proc" 2>/dev/null || true; }
trap cleanup EXIT
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
cp /etc/resolv.conf "$root/etc/resolv.conf"
if [[ -d /etc/apt/apt.conf.d ]]; then cp -n /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true; fi
cp /etc/apt/sources.list "$root/etc/apt/sources.list" 2>/dev/null || true
cp /etc/apt/sources.list.d/* "$root/etc/apt/sources.list.d/" 2>/dev/null || true

rm -rf "$root/packages" "$root/root/hello"
mkdir "$root/packages"
cp "$@" "$root/packages/"

in_root apt-get update -q
in_root bash -c 'apt-get install -y -q --no-install-recommends /packages/*.deb clang-19 lld-19 cmake ninja-build catch2 ca-certificates curl'
in_root bash -c 'cd /root && bora new hello && cd hello && cmake --preset release && cmake --build build/release'
in_root bash -c '
  cd /root/hello
  ./build/release/hello --port=0 >out.txt 2>&1 &
  program=$!
  for _ in $(seq 100); do
    url=$(sed -n "s/^listening on //p" out.txt)
    [[ -n $url ]] && break
    sleep 0.1
  done
  curl -sf "$url" | grep -q "<h1>" && echo "an app of the packages answers at $url"
  status=$?
  kill $program
  wait $program
  exit $status'
