#!/bin/sh
# 备份填报和密钥，放在两处；服务不用停。用法：backup.sh <juzhuzheng 程序>
#
# $RECORDS_BACKUPS/<时间>/   填报，留 14 天
# $KEYS_BACKUPS/<时间>/      密钥，只留最新的一份：旧的密钥打得开已经删除的填报
#
# 先存填报，再存密钥：存进去的填报，密钥就在。没做完的叫 <时间>.part，下次做成了一起清掉。
set -eu
umask 077
program=$1
stamp=$(date +%Y-%m-%dT%H%M%S)
records=$RECORDS_BACKUPS/$stamp
keys=$KEYS_BACKUPS/$stamp
database=${JUZHUZHENG_DATABASE_URL:-}

case $database in
"")
    "$program" backup --records "$records.part" --keys "$keys.part"
    ;;
*://*:*@*)
    # pg_dump 的参数，这台机器上谁都看得见。
    echo "请把数据库口令从 JUZHUZHENG_DATABASE_URL 移到 $HOME/.pgpass（权限 600），再备份" >&2
    exit 1
    ;;
*)
    mkdir "$records.part" "$keys.part"
    database=$(printf %s "$database" | sed 's/^postgresql+psycopg:/postgresql:/')
    pg_dump --no-owner --exclude-schema=juzhuzheng_keys --file="$records.part/records.sql" "$database"
    pg_dump --no-owner --schema=juzhuzheng_keys --file="$keys.part/keys.sql" "$database"
    "$program" backup --keys "$keys.part"
    ;;
esac
sync "$records.part"/* "$keys.part"/*
mv "$records.part" "$records"
mv "$keys.part" "$keys"

find "$RECORDS_BACKUPS" -mindepth 1 -maxdepth 1 -type d \( -mtime +13 -o -name '*.part' \) -exec rm -r {} +
find "$KEYS_BACKUPS" -mindepth 1 -maxdepth 1 -type d ! -name "$stamp" -exec rm -r {} +
