#!/bin/sh
# What the tests need from the system: install it where that is allowed, else say the one line that does.
set -eu
packages=""
command -v redis-server >/dev/null 2>&1 || packages="$packages redis-server"
if ! command -v postgres >/dev/null 2>&1 && ! ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then
    packages="$packages postgresql"
fi
# Units are checked by systemd-analyze; systemd itself is not started by being installed.
command -v systemd-analyze >/dev/null 2>&1 || packages="$packages systemd"
[ -x /usr/sbin/nginx ] || command -v nginx >/dev/null 2>&1 || packages="$packages nginx-light"
command -v chromium >/dev/null 2>&1 || packages="$packages chromium"
command -v node >/dev/null 2>&1 || packages="$packages nodejs"
command -v npm >/dev/null 2>&1 || packages="$packages npm"
if ! command -v fc-list >/dev/null 2>&1 || ! fc-list ':lang=zh-cn' | grep -q .; then
    packages="$packages fonts-noto-cjk fontconfig"
fi
[ -n "$packages" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "安装测试需要的系统软件：$packages"
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
    exit 0
fi
echo "测试还缺系统软件，请先运行：sudo apt-get update && sudo apt-get install -y$packages" >&2
exit 1
