// Templates -> octets: what `{sender}`, `{cap:SIZE+1}` or `{fill:512}` stands for in this run of this case.
// Values given by `do NAME key=value` hide the case's own within the fragment. docs/suite-language.md,
// "Placeholders". It knows no socket: what depends on a connection is handed in.
#pragma once
#include "harness/script/case_run.hpp"
#include "harness/script/world_recording.hpp"
#include "harness/suite/fixtures.hpp"
#include "harness/suite/text_template.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailspec::script {

// On error: a sentence. It is the environment's or the suite's fault, never the server's.
using expanded_text = std::expected<std::string, std::string>;

// Where a text stands: what the placeholders about a connection refer to.
struct expansion_place {
    std::string service;                                // of the connection: who may send
    const wire::capability_set* capabilities = nullptr; // of its last EHLO; null: none yet
    std::function<std::string()> new_tag{};             // IMAP: makes the next {tag}
    std::string greeting{};                             // POP3: of the connection, for {apop}
};

// Octets to send, in which the client waits for the server's word at some places (RFC 9051 §4.3: a
// synchronizing literal).
struct text_with_waits {
    std::string octets;
    std::vector<std::size_t> waits; // offsets: what stands behind goes out after a continuation request
};

class expansion {
  public:
    expansion(const case_environment& environment, std::string default_service);

    // The text as octets. `behind`: octets that follow on the same line (2 for the CRLF of `C:`), for fill.
    expanded_text octets(const suite::text_template& text, const expansion_place& place,
                         std::size_t behind = 0) const;
    // The text as a regular expression: what placeholders stand for matches literally.
    expanded_text regex(const suite::text_template& text, const expansion_place& place) const;
    std::expected<text_with_waits, std::string> octets_with_waits(const suite::text_template& text,
                                                                  const expansion_place& place) const;
    expanded_text value(std::string_view placeholder, const expansion_place& place) const;

    // What placeholders of the world around the server stand for; it outlives the expansion. Null: none is
    // there.
    void in_world(const world_facts* facts) { world_ = facts; }

    // The same of fixtures, of what expectations have bound, and of the case's mailboxes.
    void with_fixtures(const suite::fixture_map* fixtures) { fixtures_ = fixtures; }
    using names = std::map<std::string, std::string, std::less<>>;
    void with_bound(const names* bound) { bound_ = bound; }
    void with_mailboxes(const mailbox_names* mailboxes) { mailboxes_ = mailboxes; }

    using fragment_values = std::vector<std::pair<std::string, std::string>>;
    void enter_fragment(fragment_values values) { fragments_.push_back(std::move(values)); }
    void leave_fragment() { fragments_.pop_back(); }
    void enter_repeat() { turns_.push_back(0); }
    void next_turn() { ++turns_.back(); }
    void leave_repeat() { turns_.pop_back(); }

  private:
    struct filled;
    std::expected<void, std::string> append(filled& to, const suite::text_template& text,
                                            const expansion_place& place, bool regex) const;
    expanded_text account_value(std::string_view name) const;
    expanded_text world_value(std::string_view name) const;
    expanded_text host_value(const suite::host_piece& piece) const;
    expanded_text fixture_value(const suite::fixture_piece& piece) const;
    expanded_text bound_value(const suite::bound_piece& piece) const;
    expanded_text mailbox_value(std::string_view name, const expansion_place& place) const;
    std::expected<void, std::string> append_literal(filled& to, const suite::imap_literal_piece& piece,
                                                    const expansion_place& place) const;

    const case_environment& environment_;
    std::string default_service_;
    const world_facts* world_ = nullptr;
    const suite::fixture_map* fixtures_ = nullptr;
    const names* bound_ = nullptr;
    const mailbox_names* mailboxes_ = nullptr;
    std::vector<fragment_values> fragments_;
    std::vector<std::uint64_t> turns_;
};

// The name that we greet with.
inline constexpr std::string_view client_name = "client.mailspec.test";

// "64000" + 1; parameters may be larger than 64 bits (RFC 1870 §3: 20 digits). nullopt: not a number.
std::expected<std::string, std::string> capability_parameter(const wire::capability_set* offered,
                                                             const suite::capability_piece& piece);

// "127.1.2.3" -> "3.2.1.127.in-addr.arpa" (RFC 1035 §3.5)
std::string reverse_name(std::string_view ipv4_address);

std::string base64(std::string_view octets); // RFC 4648 §4

bool is_submission(std::string_view service);
bool is_implicit_tls(std::string_view service);

} // namespace mailspec::script
