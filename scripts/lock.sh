#!/bin/sh
# Resolve the locks: hashed, wheels only, and with no address in them.
set -eu
uv=.venv/bin/uv
compile() { "$uv" pip compile --quiet --python-version 3.11 --only-binary :all: --generate-hashes --no-header --no-annotate "$@"; }
cd "$(dirname "$0")/.."
compile requirements/dev.in -o requirements/dev.lock
for name in demo runtime; do
  compile "requirements/$name.in" -c requirements/dev.lock -o "requirements/$name.lock"
done
compile requirements/bootstrap.in -o requirements/bootstrap.lock
