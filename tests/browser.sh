#!/bin/sh
# Make sure that a Chromium is there for the browser tests; install Debian's where we may.
set -eu
for name in "${WENCE_CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null && exit 0
fi
echo "浏览器测试需要 Chromium：请安装 Debian 的 chromium 包（apt-get install chromium fonts-noto-cjk），或用 WENCE_CHROMIUM 指定其路径。" >&2
exit 1
