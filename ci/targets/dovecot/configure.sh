# How a root gets its Dovecot, for each target that has one; sourced by dovecot/start and dovecot-submission/start, after server_root.sh.

# configure_dovecot ROOT CONFIGURATION PROTOCOL...: the part of the packages' postinst scripts that matters here, Debian's configuration,
# and CONFIGURATION, which /etc/dovecot/dovecot.conf includes last.
configure_dovecot() {
    local root=$1 etc=$1/etc/dovecot configuration=$2 protocol
    shift 2
    system_user "$root" dovecot 24001 /usr/lib/dovecot
    system_user "$root" dovenull 24002 /nonexistent
    cp -a "$root"/usr/share/dovecot/{conf.d,dovecot.conf} "$etc/"
    ln -sf /etc/ssl/certs/ssl-cert-snakeoil.pem "$etc/private/dovecot.pem"
    ln -sf /etc/ssl/private/ssl-cert-snakeoil.key "$etc/private/dovecot.key"
    cp "$configuration" "$etc/local.conf"
    sed -i -e 's/^!include auth-system/#&/' -e 's/^#\(!include auth-passwdfile\)/\1/' "$etc/conf.d/10-auth.conf"
    dovecot_users "$root" >"$etc/users"
    chgrp 24001 "$etc/users"
    chmod 640 "$etc/users"
    chown 24001:24001 "$root/var/lib/dovecot"
    for protocol in "$@"; do
        echo "protocols = \$protocols $protocol" >"$root/usr/share/dovecot/protocols.d/${protocol}d.protocol"
    done
}

# user:password:uid:gid::home for each account. Dovecot knows no aliases, so postmaster is a second name of the first one. No folder
# can be made where busy has his mailbox.
dovecot_users() {
    local user first=
    while read -r user; do
        first=${first:-$user}
        echo "$user:{PLAIN}$user-pw:$(id_of "$1" "$user")::/home/$user"
    done < <(account_names)
    echo "busy:{PLAIN}busy-pw:$(id_of "$1" "$first")::/dev/null"
    echo "postmaster:{PLAIN}$first-pw:$(id_of "$1" "$first")::/home/$first"
}

id_of() { sed -n "s/^$2:x:\([0-9]*:[0-9]*\):.*/\1/p" "$1/etc/passwd"; }

# dovecot_forgets_crash WORK: nothing of it runs any more, work_root has looked. But after a kill -9 its first process may linger as
# a zombie, which Dovecot would take for itself, still running.
dovecot_forgets_crash() { rm -f "$1/root/run/dovecot/master.pid"; }
