// The server under test as the runner sees it: where its services are, whose mail it takes, what it
// offers. Made by a profile (profile.hpp), by flags, or by the refmaild that mailspec starts itself.
#pragma once
#include "harness/wire/smtp_reply.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mailspec::target {

struct account {
    std::string user, password, address;
};

struct target_info {
    std::string name;                            // "refmaild"
    std::string version;                         // empty: unknown
    std::string domain;                          // local domain; empty: unknown
    std::map<std::string, std::string> services; // "smtp" -> "127.0.0.1:2525"
    std::string server_name; // with which it greets; empty: not asked yet, or it says none
    std::vector<account> accounts;
    std::string maildir;   // "/path/{user}", empty: nobody shows us one
    std::string mailboxes; // how delivered mail is read: maildir imap pop3; empty: as reads_mail_by() finds
    std::set<std::string> features;
    int sessions = 64; // most connections at once that it takes gently
    std::chrono::milliseconds reply_timeout{10000};
    bool allow_remote = false;
    // Why no case may stop the server and start it again; empty: one may.
    std::string no_restart = "mailspec did not start it";
    // Why no case may look at what it sends; empty: its DNS and the remote hosts are ours.
    std::string no_sending = "the target's DNS is not ours (profile key `sends`)";
    bool retries = false;         // it can be made to try again what it could not deliver,
    bool retries_by_zone = false; // one domain's mail by itself
    bool moves_clock = false;     // its clock can be moved
    std::string control;          // refmaild's control port, "127.0.0.1:8025"; empty: none

    // "maildir", "imaps", "pop3" ...: the Maildir where there is one, else a service; empty: there is no way.
    std::string reads_mail_by() const;
};

// What a service offers (by EHLO, CAPABILITY, CAPA), as found by a probe before the run.
struct service_capabilities {
    wire::capability_set plain;     // before TLS
    wire::capability_set secured;   // after STARTTLS, or implicit TLS
    wire::capability_set logged_in; // IMAP and POP3: after a login
    std::string name;               // with which it answers EHLO, or greets; empty: none
    std::string certificate_key; // the kind of key in its certificate, "RSA", "EC"; empty: no TLS was reached
    bool offers(std::string_view keyword, std::string_view parameter = {}) const;
};

} // namespace mailspec::target
