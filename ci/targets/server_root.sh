#!/bin/bash
# Roots for real servers: a small Debian tree per server, made of packages that are unpacked, never installed.
#
# Sourced by each launcher (postfix/start, exim/start, ...). Mail servers conflict as packages and compile their paths in, so each
# gets a root of its own to be chrooted into: its files stand where Debian puts them and its configuration is the one that Debian's
# users know. Needs root, apt's configured mirror once, and nothing else: no mount, no namespace, no container.
# It never installs a package on the machine, never touches its /etc, and runs no maintainer script.
#
#   CACHE/NAME/root   the packages, unpacked once and shared by all runs        (server_root)
#   WORK/root         what a run changes, with usr/ hard-linked to the cache    (work_root)

set -euo pipefail
shopt -s inherit_errexit

targets_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
server_cache=${MAILSPEC_SERVER_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/mailspec/servers}

# What every root needs besides its server: a shell and its tools for the server's own scripts, openssl for the certificate,
# netbase for /etc/services, and usr-is-merged so that apt does not pick usrmerge, which drags in perl.
base_packages=(base-files usr-is-merged netbase dash bash coreutils diffutils grep sed findutils mawk openssl)

die() {
    echo "$(basename "$(cd "$(dirname "$0")" && pwd)")/$(basename "$0"): $*" >&2
    exit 2
}

# The words that a run without its argument, or without root, should read.
launcher_arguments() {
    [ $# -eq 1 ] || die "usage: $0 WORK: give the work folder, into which the server's tree is written"
    [ "$(id -u)" -eq 0 ] || die "a mail server starts as root, to be chrooted and to switch users: run this as root, for example in a container"
}

# server_root NAME PACKAGE...: unpacks the packages with all that they depend on; prints the root's path.
# A second call with the same packages only prints the path.
server_root() {
    local name=$1 wanted
    shift
    wanted="layout 1: ${base_packages[*]} $*"
    local folder=$server_cache/$name
    mkdir -p "$folder" "$server_cache/archives/partial"
    exec 9>"$server_cache/lock"
    flock 9
    if [ "$(cat "$folder/packages" 2>/dev/null)" != "$wanted" ]; then
        unpack_packages "$folder/root.new" "${base_packages[@]}" "$@" >&2
        rm -rf "$folder/root" "$folder/packages"
        mv "$folder/root.new" "$folder/root"
        echo "$wanted" >"$folder/packages"
    fi
    exec 9>&-
    echo "$folder/root"
}

# An empty status file makes apt count every dependency as missing, so the root is complete whatever this machine has installed.
apt_for_root() {
    apt-get -q -y -o Dir::State::status="$server_cache/status" -o Dir::Cache::archives="$server_cache/archives" \
        -o APT::Install-Recommends=0 -o APT::Sandbox::User=root -o Debug::NoLocking=1 -o APT::Get::List-Cleanup=0 "$@"
}

# apt lists only what it has not downloaded yet, so it is shown an archive folder with nothing in it.
package_uris() {
    mkdir -p "$server_cache/nothing/partial"
    apt_for_root -o Dir::Cache::archives="$server_cache/nothing" --print-uris install "$@"
}

unpack_packages() {
    local root=$1 folder archive
    shift
    command -v apt-get >/dev/null || die "apt-get is missing: the launchers unpack Debian packages, so run them on Debian or Ubuntu"
    : >"$server_cache/status"
    local uris
    if ! uris=$(package_uris "$@" 2>/dev/null); then
        apt-get -q update || die "apt-get update failed: check that apt's mirror (/etc/apt/sources.list*) can be reached"
        uris=$(package_uris "$@") || die "apt does not know all of these packages: $*"
    fi
    echo "unpacking $* with what they need (once)"
    apt_for_root --download-only install "$@" >"$server_cache/download.log" 2>&1 ||
        { tail -n 5 "$server_cache/download.log"; die "apt could not download the packages: the lines above say why"; }

    rm -rf "$root"
    mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root"/{etc,proc,tmp,root,home,run,var/{lib,log,mail,spool,tmp}}
    chmod 1777 "$root/tmp" "$root/var/tmp"
    ln -s usr/bin usr/sbin usr/lib usr/lib64 "$root"
    ln -s ../run "$root/var/run"
    while read -r archive; do
        dpkg-deb --fsys-tarfile "$server_cache/archives/$archive" |
            tar -x -C "$root" --keep-directory-symlink --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
                --exclude='./usr/share/locale/*' --exclude='./usr/share/info/*'
        # shellcheck disable=SC2016  # the braces are dpkg-deb's
        dpkg-deb --show --showformat='${Package} ${Version}\n' "$server_cache/archives/$archive" >>"$root/packages"
    done < <(sed -n "s/^'[a-z+]*:[^']*' \([^ ]*\) .*/\1/p" <<<"$uris")
    [ -x "$root/usr/bin/openssl" ] || die "the packages did not unpack: $root lacks what it should have"
}

# work_root NAME CACHE_ROOT WORK: makes WORK/root, ready for the launcher to configure and chroot into.
# Sets `fresh` to no when the tree of an earlier start was found as it should be (its queue and its mail are kept), else to yes.
work_root() {
    local name=$1 cache=$2 work=$3 stamp running
    fresh=yes
    running=$(processes_of "$work")
    [ -z "$running" ] || die "a server still runs in $work (pid ${running//$'\n'/ }): stop it with ci/targets/stop $work"
    stamp="$name $(find "$cache/packages" "$targets_folder/server_root.sh" "$targets_folder/$name" -type f -print0 | sort -z | xargs -0 cat | sha256sum)"
    if [ -e "$work/root" ]; then
        [ -e "$work/root/packages" ] || die "$work/root exists and was not made by a launcher: give another work folder"
        if [ "$(cat "$work/stamp" 2>/dev/null)" = "$stamp" ]; then
            # shellcheck disable=SC2034  # read by the launcher
            fresh=no
            return
        fi
        rm -rf "$work/root" "$work/stamp"
    fi
    mkdir -p "$work"
    rm -rf "$work/root.new" "$work/maildir"
    mkdir -p "$work/root.new"
    # Nothing writes below /usr at run time, so hard links do; across file systems they cannot, and a copy is made.
    cp -al "$cache/usr" "$work/root.new/" 2>/dev/null || cp -a "$cache/usr" "$work/root.new/"
    (cd "$cache" && find . -mindepth 1 -maxdepth 1 ! -name usr -exec cp -a -t "$work/root.new" {} +)
    devices "$work/root.new"
    names_and_hosts "$work/root.new"
    certificate "$work/root.new"
    accounts "$work/root.new" "$work"
    cp "$work/root.new/etc/ssl/certs/ssl-cert-snakeoil.pem" "$work/certificate.pem"
    mv "$work/root.new" "$work/root"
    work_stamp=$stamp
}

# work_root_done WORK: says that the launcher has configured WORK/root, so that the next start may keep it.
work_root_done() { echo "$work_stamp" >"$1/stamp"; }

devices() {
    mkdir -p "$1/dev"
    mknod -m 666 "$1/dev/null" c 1 3
    mknod -m 666 "$1/dev/zero" c 1 5
    mknod -m 666 "$1/dev/random" c 1 8
    mknod -m 666 "$1/dev/urandom" c 1 9
    : 2>/dev/null >"$1/dev/null" ||
        die "$1 lies on a file system mounted nodev, where a server finds no /dev/urandom: give a work folder on another one"
}

# The server knows itself; all else it asks of an address where mailspec answers when cases send (`sends:` of the profile), and
# where otherwise nobody listens: refused at once, so that no lookup leaves the machine and none is waited for.
names_and_hosts() {
    local etc=$1/etc
    printf '%s\n' 'passwd: files' 'group: files' 'shadow: files' 'hosts: files dns' 'services: files' 'protocols: files' >"$etc/nsswitch.conf"
    printf '%s\n' '127.0.0.1 localhost' '127.0.0.1 mx.example.test mx' '::1 localhost' >"$etc/hosts"
    printf '%s\n' 'nameserver 127.192.0.53' 'options timeout:1 attempts:1 trust-ad' >"$etc/resolv.conf"
    echo mx.example.test >"$etc/hostname"
    echo mx.example.test >"$etc/mailname"
}

# trust_test_authority WORK: what mailspec signs the certificates of remote hosts with goes where servers are told to look for it.
# A server that is started by hand has none: then the file holds the server's own certificate, which vouches for nobody else.
trust_test_authority() {
    local given=$1/test-ca.pem
    [ -e "$given" ] || given=$1/certificate.pem
    cp "$given" "$1/root/etc/ssl/test-ca.pem"
    chmod 644 "$1/root/etc/ssl/test-ca.pem"
}

# Where Debian's ssl-cert puts the certificate that a fresh mail server uses, and a copy for clients that want to verify.
certificate() {
    local pem=/etc/ssl/certs/ssl-cert-snakeoil.pem key=/etc/ssl/private/ssl-cert-snakeoil.key
    mkdir -p "$1/etc/ssl/certs" "$1/etc/ssl/private"
    chroot "$1" openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 3650 -subj /CN=mx.example.test \
        -addext 'subjectAltName=DNS:mx.example.test,DNS:example.test,DNS:localhost,IP:127.0.0.1' \
        -keyout "$key" -out "$pem" 2>"$1/tmp/openssl.log" || { cat "$1/tmp/openssl.log" >&2; die "openssl could not make the certificate"; }
    chmod 640 "$1$key"
}

# 24 accounts ms01:ms01-pw ... ms24:ms24-pw, as Unix users with a home and a Maildir each. Their ids are far from the machine's own,
# so that no process of the server can signal one of the machine's.
account_count=24
first_account_id=24101

account_names() { seq -f 'ms%02g' 1 "$account_count"; }

accounts() {
    local root=$1 work=$2 etc=$1/etc id=$first_account_id user hash
    echo 'root:x:0:0:root:/root:/bin/bash' >"$etc/passwd"
    echo 'root:*:19500:0:99999:7:::' >"$etc/shadow"
    printf '%s\n' 'root:x:0:' 'shadow:x:42:' >"$etc/group"
    system_user "$root" nobody 65534 /nonexistent
    system_user "$root" mail 24008 /var/mail
    mkdir -p "$work/maildir"
    while read -r user hash; do
        system_user "$root" "$user" "$id" "/home/$user"
        sed -i "s|^$user:\*:|$user:$hash:|" "$etc/shadow"
        mkdir -p "$root/home/$user/Maildir"/{new,cur,tmp}
        chown -R "$id:$id" "$root/home/$user"
        chmod -R go= "$root/home/$user"
        ln -s "../root/home/$user/Maildir" "$work/maildir/$user"
        id=$((id + 1))
    done < <(paste -d' ' <(account_names) <(account_names | sed 's/$/-pw/' | chroot "$root" openssl passwd -6 -stdin))
    chgrp 42 "$etc/shadow" "$etc/ssl/private"
    chmod 640 "$etc/shadow"
    chmod 710 "$etc/ssl/private"
}

# aliases: an /etc/aliases, for launchers to add to. crew is a plain alias of everybody.
aliases() {
    echo "postmaster: ms01"
    echo "root: postmaster"
    echo "abuse: postmaster"
    echo "crew: $(account_names | paste -sd,)"
}

# system_user ROOT NAME ID HOME: a user and a group of that name, without a password.
system_user() {
    echo "$2:x:$3:$3::$4:/usr/sbin/nologin" >>"$1/etc/passwd"
    echo "$2:*:19500:0:99999:7:::" >>"$1/etc/shadow"
    echo "$2:x:$3:" >>"$1/etc/group"
}

# What belongs to a server is told by its root, or, where a container may not look at the roots of other users' processes, by the
# process group of the first one. WORK/pid has that one's id and the time of its start, which together never come twice.
start_time_of() { { sed -n 's/^.*) //p' "/proc/$1/stat" 2>/dev/null || true; } | cut -d' ' -f20; } # empty when it is gone

group_of() { sed -n 's/^.*) [^ZX] [0-9]* \([0-9]*\) .*/\1/p' "/proc/$1/stat" 2>/dev/null || true; } # none for a zombie

# processes_of WORK: the ids of the server's processes, one a line.
processes_of() {
    local root=$1/root first='' time='' now process link
    if [ -e "$1/pid" ]; then
        read -r first time <"$1/pid"
        now=$(start_time_of "$first")
        if [ -n "$now" ] && [ "$now" != "$time" ]; then first=''; fi
    fi
    { find /proc -maxdepth 2 -path '/proc/[0-9]*/root' -printf '%h %l\n' 2>/dev/null || true; } |
        while read -r process link; do
            process=${process#/proc/}
            case $link in
            "$root" | "$root"/*) echo "$process" ;;
            '') if [ -n "$first" ] && [ "$(group_of "$process")" = "$first" ]; then echo "$process"; fi ;;
            esac
        done
}

# ports_free PORT...: says whose turn it is before a server dies of "address already in use".
ports_free() {
    local port
    for port in "$@"; do
        if (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            die "127.0.0.1:$port is taken: a server still listens there (ss -ltnp shows which); stop it first"
        fi
    done
}

# run_in_root WORK COMMAND...: runs the server, in a session of its own as Postfix's master demands, until it ends or this
# process is told to stop it (SIGTERM, SIGINT). What it writes into `server_log`, if it has no other way to say things, is
# repeated on standard output.
run_in_root() {
    local work=$1 server status=0
    shift
    cd "$work/root"
    setsid env -i --default-signal PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TZ=UTC chroot "$work/root" "$@" &
    server=$!
    echo "$server $(start_time_of "$server")" >"$work/pid"
    # shellcheck disable=SC2064  # with the values of now
    trap "'$targets_folder/stop' '$work'" TERM INT HUP
    if [ -n "${server_log:-}" ]; then tail -n 0 -F -s 0.2 --pid="$server" "$work/root/$server_log" 2>/dev/null & fi
    # `wait` knows how a server ended that is gone already; a signal to this process ends it early, while the server still runs.
    wait "$server" || status=$?
    while kill -0 "$server" 2>/dev/null; do
        status=0
        wait "$server" || status=$?
    done
    exit "$status"
}
