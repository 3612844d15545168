// What refmaild is set up to be: everything from the command line or the configuration file, as plain
// data, complete and checked. Who makes one: command_line.hpp, configuration.hpp, or a test.
// docs/reference.md describes each value; the reasons for the defaults stand here.
#pragma once
#include "net/endpoint.hpp"
#include "reference/pop3/policy.hpp"
#include "reference/queue/schedule.hpp"
#include "reference/route/routing.hpp"
#include "reference/smtp/policy.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace refmail::daemon {

// What an account may hold; empty: as much as the disk does.
struct quota {
    std::optional<std::uint64_t> storage, messages; // octets as served, messages
};

struct account {
    std::string user; // login name and local-part; lower case
    // Either a hash of hash_password() (from a configuration), or the password itself (an account
    // made for this run only, on the command line; it is never written down).
    std::string password_hash;
    std::string password;
    std::string full_name;
    std::vector<std::string> addresses; // further local-parts, or whole local addresses
    std::optional<quota> limits;        // instead of those that all have
    // RFC 1939 §7: what APOP proves to know, prepared; kept in the clear. Empty: the password above, where
    // that is known.
    std::string apop_secret;
};

struct mailing_list {
    std::vector<std::string> members; // as alias targets
    std::string owner;                // a target; gets the bounces (RFC 5321 §3.9.2)
};

struct daemon_limits {
    // A session costs a descriptor and some 40 KiB; beyond it a client is told to come again.
    std::size_t sessions = 2000;
    // One address must not take all of them. High, because a test run comes from one address.
    std::size_t sessions_per_address = 1000;
    // RFC 5321 §4.5.3.2.7: a server waits at least 5 minutes for the next command.
    std::chrono::seconds idle{300};
    // A client that sends an octet a minute is never idle. A whole message gets half an hour
    // (50 MiB at 30 KiB/s), a session four hours.
    std::chrono::seconds message_time{1800};
    std::chrono::seconds session_time{4 * 3600};
    // Failed logins that an address may have without waiting; one comes back each second. High, because a
    // test run comes from one address.
    std::size_t failed_logins = 100;
    std::chrono::seconds handshake{30}; // TLS: two round trips and some arithmetic
    // What a running transaction gets to finish after SIGTERM; service managers wait 90 s.
    std::chrono::seconds shutdown{30};
};

// Mail for other hosts: whom to ask, where to knock, how long to try.
struct relay_settings {
    std::vector<net::endpoint> dns; // name servers; empty: those of /etc/resolv.conf
    std::uint16_t port = 25;        // of the hosts that mail goes to
    std::uint16_t https_port = 443; // of MTA-STS policy hosts
    std::string tls_ca;             // PEM: whom to believe about certificates; empty: the system's list
    std::map<std::string, route::fixed_hop> routes; // by domain, ".corp.test": all below it
    std::optional<route::fixed_hop> smarthost;      // for all other mail
    // Further names and addresses by which others might know this server (behind a NAT, say): what leads
    // there leads to ourselves (RFC 5321 §5.1).
    std::vector<std::string> also_known_as;
    // Domains whose mail is taken on port 25 and handed on to their better MX; "*" stands for one label.
    std::vector<std::string> backup_for;
    bool dane =
        false; // the name servers validate and are trusted, and so is the path to them (RFC 7672 §2.1.1)
    // Nobody's test mail may escape: only loopback addresses are connected to, until somebody says so.
    bool anywhere = false;
    queue::schedule schedule;
    std::size_t connections = 100;                // at once
    std::size_t connections_per_destination = 20; // so that one domain does not take them all
};

// Mail is read by IMAP and POP3.
struct reading_settings {
    // RFC 9051 §5.4: at least 30 minutes for who is authenticated.
    std::chrono::seconds imap_idle{30 * 60};
    // RFC 1939 §3: at least 10 minutes.
    std::chrono::seconds pop3_idle{10 * 60};
    std::chrono::seconds login_time{3 * 60}; // idle, before a login by IMAP
    // A user with several devices, each with a connection a mailbox that it watches.
    std::size_t sessions_per_user = 100;
    bool plaintext_auth = false;              // LOGIN, USER, AUTH without TLS
    quota limits;                             // of each account
    bool users_set_quota = false;             // SETQUOTA (RFC 9208 §4.1.3)
    std::chrono::seconds pop3_login_delay{0}; // RFC 2449 §6.5; 0: none
    pop3::apop apop = pop3::apop::off;        // for accounts with a secret
};

// INBOX as an mbox.
struct mbox_settings {
    bool on = false;  // else it is a Maildir
    std::string path; // "{user}" in it; empty: under data
    // For who has it locked; then a delivery is deferred. mutt and procmail keep one for a moment.
    std::chrono::seconds lock_wait{10};
};

struct settings {
    std::vector<std::string> domains = {"example.test"}; // the first completes bare names
    std::string host_name;                               // empty: "mail." and the first domain
    std::string data;

    std::vector<net::endpoint> smtp, submission, submissions, lmtp, imap, imaps, pop3, pop3s;

    std::string certificate, key; // PEM; empty: made under data

    std::vector<account> accounts;
    // Targets: an account, another alias or list, or an address elsewhere.
    std::map<std::string, std::vector<std::string>> aliases; // lower case
    std::map<std::string, mailing_list> lists;               // lower case

    relay_settings relay;
    std::optional<net::endpoint> control; // loopback; none: there is no control port

    smtp::limits smtp_limits;
    reading_settings reading;
    mbox_settings mbox;
    daemon_limits limits;
    bool plaintext_auth = false; // AUTH without TLS on submission
    bool vrfy = true, expn = true;
    std::vector<std::string> without; // extensions not to offer: "DSN", "SMTPUTF8" ..., in any letter case
    std::string refuse_service;       // why port 25 takes no mail; empty: it does
    bool check_senders = true;
    smtp::foreign_from foreign_from = smtp::foreign_from::refuse;

    std::string run_as_user, run_as_group; // dropped to after binding; empty: stay
    std::string log_level = "info";
};

bool offers(const settings& s, std::string_view extension);

// "mail.example.test" unless set.
std::string host_name_of(const settings& s);

// "DATA/mbox/{user}" unless set; empty: INBOX is a Maildir.
std::string mbox_path_of(const settings& s);

// Adds what a zero-configuration run has: accounts alice and bob, postmaster, the list team.
// With accounts given, those two are not made; postmaster is the first account in any case.
void complete_with_defaults(settings& s);

// Throws configuration_error: no account, an alias that leads nowhere or in a circle, two things of
// one name. The words name the entry.
void check(const settings& s);

} // namespace refmail::daemon
