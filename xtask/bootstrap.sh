#!/bin/sh
# Makes sure that the compilers and interpreters the build starts from are there: Rust, a C compiler, Python
# with venv, Node.js with npm. Installs what is missing from Debian's packages where it may; says what to do
# where it may not. Quick and silent when everything is there. With the name of a further language, that language's.
set -eu

missing=""
have() { command -v "$1" >/dev/null 2>&1; }
node_is_new_enough() { have node && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ]; }

case "${1:-}" in
    ruby) have ruby && ruby -e 'require "ffi"' 2>/dev/null || missing="$missing ruby ruby-ffi" ;;
    chromium) have chromium || have google-chrome || missing="$missing chromium" ;;
    java) have javac && have mvn || missing="$missing default-jdk-headless maven" ;;
esac
have cargo || missing="$missing rustc-web cargo-web"
have cc || missing="$missing gcc libc6-dev"
have python3 && python3 -c 'import venv, ensurepip' 2>/dev/null || missing="$missing python3 python3-venv"
node_is_new_enough && have npm || missing="$missing nodejs npm"
[ -z "$missing" ] && exit 0

echo "Missing on this machine, as Debian calls it:$missing"
if [ "$(id -u)" = 0 ] && have apt-get; then
    echo "Installing it from Debian's packages; this takes a minute or two"
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of package names
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
else
    echo "Please install it (as root: apt-get install$missing), or Rust from https://rustup.rs and Node.js 18 or later from https://nodejs.org" >&2
    exit 1
fi
node_is_new_enough || { echo "Node.js 18 or later is needed, $(node --version) was found" >&2; exit 1; }
