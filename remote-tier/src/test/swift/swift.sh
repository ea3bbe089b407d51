#!/bin/sh
# OpenStack Swift with its S3 middleware, on one device below a directory: swift.sh DIRECTORY PROXY_PORT PORT PORT PORT
# Runs until it is told to end. The access key is cairn:user, the secret is "secret".
set -eu
directory=$1 proxy=$2
shift 2
settings=$directory/etc
mkdir -p "$directory/srv/one" "$settings"
cd "$directory"

common() { # port
    echo "[DEFAULT]"
    echo "bind_ip = 127.0.0.1"
    echo "bind_port = $1"
    echo "workers = 0"
    echo "swift_dir = $settings"
    echo "user = $(id -un)"
    echo "devices = $directory/srv"
    echo "mount_check = false"
    echo "fallocate_reserve = 0"
    echo "log_address = $directory/nowhere"
}

filters() {
    for filter in "$@"; do
        echo "[filter:$filter]"
        echo "use = egg:swift#$filter"
    done
}

running=
start() { # kind
    "swift-$1-server" "$settings/$1.conf" >"$1.log" 2>&1 </dev/null &
    running="$running $!"
}
# shellcheck disable=SC2086
trap 'kill $running 2>/dev/null; exit 0' TERM INT HUP

for kind in account container object; do
    ring=$settings/$kind.builder
    {
        swift-ring-builder "$ring" create 4 1 0
        swift-ring-builder "$ring" add --region 1 --zone 1 --ip 127.0.0.1 --port "$1" --device one --weight 1
        swift-ring-builder "$ring" rebalance
    } >"$kind-ring.log"
    {
        common "$1"
        echo "[pipeline:main]"
        echo "pipeline = $kind-server"
        echo "[app:$kind-server]"
        echo "use = egg:swift#$kind"
    } >"$settings/$kind.conf"
    start "$kind"
    shift
done
{
    common "$proxy"
    echo "[pipeline:main]"
    echo "pipeline = catch_errors cache bulk s3api tempauth slo dlo versioned_writes proxy-server"
    echo "[app:proxy-server]"
    echo "use = egg:swift#proxy"
    echo "account_autocreate = true"
    # A machine that is busy answers late; a server that did so a few times would be left alone for a minute, and there is one.
    echo "conn_timeout = 10"
    echo "node_timeout = 60"
    echo "error_suppression_limit = 1000000"
    filters catch_errors bulk slo dlo versioned_writes s3api
    echo "location = us-east-1"
    filters tempauth
    echo "user_cairn_user = secret .admin"
    # There is none; nothing is cached.
    echo "[filter:cache]"
    echo "use = egg:swift#memcache"
    echo "memcache_servers = 127.0.0.1:1"
} >"$settings/proxy.conf"
start proxy
wait
