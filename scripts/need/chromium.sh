#!/usr/bin/env bash
# A Chromium for the tests, and a font with Chinese characters for the screenshots.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../env.sh
. "$(dirname "$0")/../env.sh"

browser() {
  local name
  for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome google-chrome-stable; do
    # Ubuntu's chromium-browser is a script that asks for snap: only what starts counts.
    have "$name" && "$name" --version 2>/dev/null | head -n1 | grep . && return
  done
  return 1
}
if ! found=$(browser); then
  apt_install Chromium chromium
  found=$(browser) || die "Chromium is installed but does not start" "install Chromium or Chrome by hand and name it: CHROMIUM=/path/to/chrome make test"
fi
have fc-list || apt_install "fontconfig" fontconfig
[ -n "$(fc-list :lang=zh-cn family)" ] || apt_install "a Chinese font" fonts-noto-cjk
ready "$found, with Chinese characters"
