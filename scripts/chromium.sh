#!/bin/sh
# The browser tests drive Debian's Chromium: install it where that is possible, else say what to do.
set -eu
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Debian's chromium for the browser tests ..."
  apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null && exit 0
fi
echo "The browser tests need Chromium. Install it: sudo apt-get install chromium" >&2
exit 1
