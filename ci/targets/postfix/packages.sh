# What Postfix's root is made of; sourced by start and tool, after server_root.sh.
# libsasl2-modules has PLAIN and LOGIN; sasl2-bin has saslpasswd2.
# shellcheck disable=SC2034
postfix_packages=(postfix libsasl2-modules sasl2-bin)
