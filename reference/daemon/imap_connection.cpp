// A client of IMAP; see the header.
#include "reference/daemon/imap_connection.hpp"

namespace refmail::daemon {
namespace {

class imap_reading final : public reading_session_of<imap::session> {
  public:
    using reading_session_of::reading_session_of;

    std::optional<action> next() override {
        auto wanted = session_.next();
        if (!wanted) return std::nullopt;
        return std::visit([](auto& one) -> action { return std::move(one); }, *wanted);
    }
    void receive(std::string_view octets, message::timestamp now) override { session_.receive(octets, now); }
    void compression_started() override { session_.compression_started(); }
    void password_checked(login_verdict verdict, std::shared_ptr<mailbox::account> who) override {
        using enum imap::password_verdict;
        const auto answer = verdict == login_verdict::good       ? good
                            : verdict == login_verdict::bad      ? bad
                            : verdict == login_verdict::too_many ? refused
                                                                 : unavailable;
        session_.password_checked(answer, std::move(who));
    }
    void changed() override { session_.changed(); }
    void work(message::timestamp now) override { session_.work(now); }
    bool logged_in() const override { return session_.authenticated(); }
};

} // namespace

// RFC 9051 §7.1.5: BYE as a greeting, when the service is not available.
std::string imap_connection::refusal() const {
    return "* BYE [UNAVAILABLE] too many connections, try again later\r\n";
}

std::unique_ptr<reading_session> imap_connection::greet() {
    imap::session_facts facts{id_, address_, service_.implicit_tls};
    return std::make_unique<imap_reading>(
        imap::session(policy_, std::move(facts), shared_.clock.local(), change_notice()));
}

// RFC 9051 §5.4: 30 minutes at least for who is authenticated; before that nothing is said.
std::chrono::seconds imap_connection::idle_limit(bool logged_in) const {
    return logged_in ? shared_.how.reading.imap_idle : shared_.how.reading.login_time;
}

} // namespace refmail::daemon
