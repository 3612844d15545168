// A client of POP3; see the header.
#include "reference/daemon/pop3_connection.hpp"

namespace refmail::daemon {
namespace {

// What POP3 shares with IMAP by name is the same by meaning.
reading_session::action in_common_words(pop3::send& one) {
    return imap::send{std::move(one.octets)};
}
reading_session::action in_common_words(pop3::start_tls&) {
    return imap::start_tls{};
}
reading_session::action in_common_words(pop3::verify_password& one) {
    return imap::verify_password{std::move(one.mechanism), std::move(one.user), std::move(one.password)};
}
reading_session::action in_common_words(pop3::verify_digest& one) {
    return std::move(one);
}
reading_session::action in_common_words(pop3::work&) {
    return imap::work{};
}
reading_session::action in_common_words(pop3::note& one) {
    return imap::note{std::move(one.text)};
}
reading_session::action in_common_words(pop3::close&) {
    return imap::close{};
}

class pop3_reading final : public reading_session_of<pop3::session> {
  public:
    using reading_session_of::reading_session_of;

    std::optional<action> next() override {
        auto wanted = session_.next();
        if (!wanted) return std::nullopt;
        return std::visit([](auto& one) { return in_common_words(one); }, *wanted);
    }
    void receive(std::string_view octets, message::timestamp) override { session_.receive(octets); }
    void compression_started() override {} // never asked for
    void password_checked(login_verdict verdict, std::shared_ptr<mailbox::account> who) override {
        using enum pop3::password_verdict;
        const auto answer = verdict == login_verdict::good       ? good
                            : verdict == login_verdict::bad      ? bad
                            : verdict == login_verdict::too_soon ? too_soon
                                                                 : unavailable;
        session_.password_checked(answer, std::move(who));
    }
    void changed() override {} // the messages are those of the login (RFC 1939 §4)
    void work(message::timestamp) override { session_.work(); }
    bool logged_in() const override { return session_.logged_in(); }
};

} // namespace

std::string pop3_connection::refusal() const {
    return "-ERR [SYS/TEMP] too many connections, try again later\r\n";
}

std::unique_ptr<reading_session> pop3_connection::greet() {
    pop3::session_facts facts{id_, service_.implicit_tls};
    return std::make_unique<pop3_reading>(pop3::session(policy_, std::move(facts)));
}

// RFC 1939 §3: 10 minutes at least, and no exception for who has not logged in.
std::chrono::seconds pop3_connection::idle_limit(bool) const {
    return shared_.how.reading.pop3_idle;
}

} // namespace refmail::daemon
