# A PostgreSQL server of a script's own, with its files in a folder that goes with it. Sourced after lib.sh, not run.

server=
folder=

# The server refuses to run as root: then it belongs to somebody with fewer rights.
as_server() {
  if [ "$(id -u)" -ne 0 ]; then
    "$@"
  else
    (cd "$folder" && runuser -u "$owner" -- "$@")
  fi
}

find_binaries() {
  local found
  found=$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1)
  [ -n "$found" ] || found=$(command -v initdb || true)
  [ -n "$found" ] && dirname "$(readlink -f "$found")"
}

# Further settings are given as arguments of the server, such as -c shared_buffers=1GB.
start_server() {
  binaries=$(find_binaries) || { install_packages postgresql && binaries=$(find_binaries); } ||
    fail "no PostgreSQL server binaries in /usr/lib/postgresql or on PATH"
  owner=$(id -un)
  if [ "$(id -u)" -eq 0 ]; then
    owner=$(id -un postgres 2>/dev/null || echo nobody)
  fi
  folder=$(mktemp -d "${TMPDIR:-/tmp}/hengji-test.XXXXXX")
  chown "$owner" "$folder"
  chmod 700 "$folder"
  say "starting $("$binaries/postgres" --version)"
  as_server "$binaries/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >"$folder.log" 2>&1 ||
    { cat "$folder.log" >&2; rm -f "$folder.log"; fail "initdb failed"; }
  rm -f "$folder.log"
  local port attempt
  for attempt in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 12000))
    if as_server "$binaries/pg_ctl" -D "$folder/data" -l "$folder/data/server.log" -w -t 60 start -o \
      "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$folder -c max_connections=300 -c fsync=on $*" \
      >/dev/null 2>&1; then
      server=$port
      export HENGJI_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres"
      return
    fi
  done
  cat "$folder/data/server.log" >&2 || true
  fail "PostgreSQL did not start after $attempt attempts"
}

# Stops it and removes its files.
stop_server() {
  if [ -n "$server" ]; then
    as_server "$binaries/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
  fi
  [ -z "$folder" ] || rm -rf "$folder"
}
