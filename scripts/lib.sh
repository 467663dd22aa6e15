# What the commands in this folder share. Sourced, not run.

# runuser and parts of apt live where a plain user's PATH does not look.
PATH=$PATH:/usr/sbin:/sbin
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '== %s\n' "$*" >&2; }

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# Debian packages, as root or through sudo.
install_packages() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "needs the Debian packages $*; install them as root and run this again"
    as_root=(sudo)
  fi
  command -v apt-get >/dev/null || fail "needs $*, and this machine has no apt-get to install them with"
  say "installing $*"
  "${as_root[@]}" apt-get update -q >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >&2
}
