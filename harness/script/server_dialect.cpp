// The languages of a server; see the header.
#include "harness/script/server_dialect.hpp"

#include "harness/suite/services.hpp"
#include "harness/wire/ambient_judge.hpp"
#include "harness/wire/imap_judge.hpp"
#include "harness/wire/pop3_judge.hpp"

#include <algorithm>
#include <utility>

namespace mailspec::script {
namespace {

using brought = server_event::what;

constexpr std::size_t longest_of_lines = 4u << 20;      // a reply of SMTP
constexpr std::size_t longest_with_message = 64u << 20; // one that may hold a message

void append(std::vector<wire::deviation>& to, std::vector<wire::deviation> found) {
    for (auto& deviation : found)
        to.push_back(std::move(deviation));
}

// An event out of the first octets of what is unread.
server_event event_of(brought kind, std::string& unread, std::size_t used) {
    server_event event;
    event.kind = kind;
    event.raw = unread.substr(0, used);
    unread.erase(0, used);
    return event;
}

// What the three languages have in common: each has a judge.
template <class Judge>
class judged_dialect : public server_dialect {
  public:
    explicit judged_dialect(auto... how)
        : judge_(how...) {}

    void sent(std::string_view octets) override { judge_.sent(octets); }
    void tls_started() override { judge_.tls_started(); }
    bool tls_due() const override { return judge_.tls_due(); }
    std::vector<wire::deviation> take_deviations() override { return std::exchange(found_, {}); }
    const wire::rule_set& rules_judged() const override { return judge_.rules_judged(); }

  protected:
    Judge judge_;
    std::vector<wire::deviation> found_;
};

class smtp_dialect final : public judged_dialect<wire::ambient_judge> {
  public:
    using judged_dialect::judged_dialect;

    void tls_started() override {
        judged_dialect::tls_started();
        capabilities_.reset();
    }

    std::optional<server_event> read(std::string& unread) override {
        auto parsed = wire::parse_smtp_reply(unread);
        if (parsed.state == wire::reply_state::incomplete) return std::nullopt;
        const bool complete = parsed.state == wire::reply_state::complete;
        auto event = event_of(complete ? brought::reply : brought::malformed, unread, parsed.used);
        if (complete) {
            append(found_, judge_.judge(parsed.reply));
            if (judge_.answered_ehlo()) capabilities_ = wire::capabilities_of(parsed.reply);
            event.reply = std::move(parsed.reply);
        } else {
            append(found_, judge_.judge_malformed(event.raw));
        }
        return event;
    }

    std::size_t longest_reply() const override { return longest_of_lines; }

    const wire::capability_set* smtp_capabilities() const override {
        return capabilities_ ? &*capabilities_ : nullptr;
    }

  private:
    std::optional<wire::capability_set> capabilities_;
};

class imap_dialect final : public judged_dialect<wire::imap_judge> {
  public:
    std::optional<server_event> read(std::string& unread) override {
        // In the midst of a long literal, or of a long line: the last octet that is missing ends a line.
        const auto searched = std::max<std::size_t>(wanted_, 1) - 1;
        if (unread.find('\n', searched) == std::string::npos) {
            wanted_ = std::max(wanted_, unread.size() + 1);
            return std::nullopt;
        }
        auto parsed = wire::parse_imap_response(unread);
        wanted_ = parsed.state == wire::imap_state::incomplete ? parsed.wanted : 0;
        if (parsed.state == wire::imap_state::incomplete) return std::nullopt;
        const bool complete = parsed.state == wire::imap_state::complete;
        auto event = event_of(complete ? brought::reply : brought::malformed, unread, parsed.used);
        if (complete) {
            append(found_, judge_.judge(parsed.response));
            event.imap = std::make_shared<wire::imap_response>(std::move(parsed.response));
        } else {
            append(found_, judge_.judge_malformed(event.raw));
        }
        return event;
    }

    std::size_t longest_reply() const override { return longest_with_message; }

  private:
    std::size_t wanted_ = 0;
};

class pop3_dialect final : public judged_dialect<wire::pop3_judge> {
  public:
    std::optional<server_event> read(std::string& unread) override {
        const bool lines_follow = judge_.lines_follow();
        auto parsed = wire::parse_pop3_response(unread, lines_follow, scanned_);
        const bool incomplete = parsed.state == wire::pop3_state::incomplete;
        scanned_ = incomplete ? unread.size() : 0;
        if (incomplete) return std::nullopt;
        const bool complete = parsed.state == wire::pop3_state::complete;
        auto event = event_of(complete ? brought::reply : brought::malformed, unread, parsed.used);
        if (complete) {
            append(found_, judge_.judge(parsed.response));
            event.pop3 = std::make_shared<wire::pop3_response>(std::move(parsed.response));
        } else {
            append(found_, judge_.judge_malformed(event.raw));
        }
        return event;
    }

    std::size_t longest_reply() const override { return longest_with_message; }

  private:
    std::size_t scanned_ = 0;
};

} // namespace

std::unique_ptr<server_dialect> dialect_of(std::string_view service) {
    switch (suite::protocol_of(service)) {
    case suite::protocol::imap: return std::make_unique<imap_dialect>();
    case suite::protocol::pop3: return std::make_unique<pop3_dialect>();
    case suite::protocol::smtp: break;
    }
    return std::make_unique<smtp_dialect>(service == "lmtp");
}

} // namespace mailspec::script
