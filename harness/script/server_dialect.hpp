// What a connection has to know of the language that its server speaks: where a reply ends, and whether it is
// well formed. One for SMTP (submission and LMTP too), one for IMAP, one for POP3. It follows what the client
// sent as far as its judge needs; what a reply means is the interpreter's.
#pragma once
#include "harness/script/server_event.hpp"
#include "harness/wire/ambient_rules.hpp"
#include "harness/wire/deviation.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::script {

class server_dialect {
  public:
    virtual ~server_dialect() = default;

    virtual void sent(std::string_view octets) = 0;
    virtual void tls_started() = 0;
    // The server agreed to a handshake: TLS records may come from it before that is done.
    virtual bool tls_due() const = 0;

    // The first reply (or malformed line) in what is unread, taken off its front and judged; nullopt: it is
    // not complete.
    virtual std::optional<server_event> read(std::string& unread) = 0;
    // So many octets without an end are no reply any more.
    virtual std::size_t longest_reply() const = 0;

    // What the replies read last deviate in, each told once.
    virtual std::vector<wire::deviation> take_deviations() = 0;
    virtual const wire::rule_set& rules_judged() const = 0;

    // Of the last EHLO, on SMTP; null: none yet, or another language.
    virtual const wire::capability_set* smtp_capabilities() const { return nullptr; }
};

// By what `service` speaks: "smtp", "imaps", "pop3" ...
std::unique_ptr<server_dialect> dialect_of(std::string_view service);

} // namespace mailspec::script
