#!/bin/sh
# Collect the texts of the dashboard and bring the catalogues up to date; new ones stay untranslated.
set -eu
cd "$(dirname "$0")/.."
template=$(mktemp)
trap 'rm -f "$template"' EXIT
.venv/bin/pybabel -q extract -F dashboards/locale/babel.cfg --no-default-keywords -k t -k mark \
  --no-location --sort-output --omit-header -o "$template" dashboards
for catalogue in dashboards/locale/*/LC_MESSAGES/toxwatch.po; do
  language=$(basename "$(dirname "$(dirname "$catalogue")")")
  .venv/bin/pybabel -q update --no-fuzzy-matching --ignore-obsolete --omit-header -N \
    -i "$template" -o "$catalogue" -l "$language" -w 100
done
