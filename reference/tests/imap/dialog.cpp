// The dialog runner. It makes no expectations of its own but one: however the octets of a turn are cut, the
// outcome is the same.
#include "reference/tests/imap/dialog.hpp"

#include <boost/test/unit_test.hpp>

namespace imap_tests {

namespace {

class conversation {
  public:
    explicit conversation(const setup& s)
        : setup_(s)
        , session_(setup_.policy, {"s1", "127.0.0.1", s.tls}, noon(), [this] { changed_ = true; }) {
        outcome_.account = std::make_shared<memory_account>();
        if (s.account) s.account(*outcome_.account);
        drain();
        if (!s.logged_in) return;
        feed("login LOGIN alice alice-pw\r\n");
        BOOST_REQUIRE(sent_.find("login OK") != std::string::npos);
        sent_.clear();
        outcome_.log.clear();
    }

    void feed(std::string_view octets) {
        if (session_.closed()) return;
        session_.receive(octets, noon());
        drain();
    }
    void hear_of_changes() {
        // IDLE, cut into octets, has begun by now whatever the cut.
        if (!changed_) return;
        changed_ = false;
        session_.changed();
        drain();
    }
    std::string take_sent() {
        std::string out;
        out.swap(sent_);
        return out;
    }
    memory_account& account() { return *outcome_.account; }
    outcome finish() {
        outcome_.closed = session_.closed();
        return std::move(outcome_);
    }

  private:
    void drain() {
        while (auto a = session_.next())
            std::visit([this](auto& x) { act(x); }, *a);
    }
    void act(imap::send& a) { sent_ += a.octets; }
    void act(imap::start_tls&) {
        outcome_.log.push_back("tls");
        session_.tls_started();
    }
    void act(imap::start_compression&) {
        outcome_.log.push_back("deflate");
        session_.compression_started();
    }
    void act(imap::verify_password& a) {
        outcome_.log.push_back("verify " + a.mechanism + " " + a.user + " " + a.password);
        using v = imap::password_verdict;
        auto verdict = a.password == a.user + "-pw" ? v::good : v::bad;
        if (a.user == "down") verdict = v::unavailable;
        if (a.user == "many") verdict = v::refused;
        session_.password_checked(verdict, verdict == v::good ? outcome_.account : nullptr);
    }
    void act(imap::work&) {
        ++outcome_.slices;
        session_.work(noon());
    }
    void act(imap::note& a) { outcome_.log.push_back("note: " + a.text); }
    void act(imap::close&) { outcome_.log.push_back("close"); }

    const setup& setup_;
    bool changed_ = false;
    outcome outcome_;
    std::string sent_;
    imap::session session_;
};

std::string brief(const std::string& text) {
    return text.size() < 2000 ? text : text.substr(0, 1000) + "...\n";
}

enum class cutting { whole, octets, halves };

outcome run_cut(const setup& s, const std::vector<turn>& script, cutting how) {
    conversation c(s);
    for (const auto& t : script) {
        if (t.first) t.first(c.account());
        c.hear_of_changes();
        const std::string_view in = t.in;
        switch (how) {
        case cutting::whole: c.feed(in); break;
        case cutting::octets:
            for (const char octet : in)
                c.feed({&octet, 1});
            break;
        case cutting::halves:
            c.feed(in.substr(0, in.size() / 2));
            c.feed(in.substr(in.size() / 2));
            break;
        }
        const auto out = c.take_sent();
        if (t.out != "*")
            BOOST_TEST(out == t.out,
                       "for " << brief(t.in) << "got " << brief(out) << "expected " << brief(t.out));
    }
    return c.finish();
}

} // namespace

setup logged_in() {
    setup s;
    s.policy.host_name = "mail.example.test";
    return s;
}

setup on_tls() {
    auto s = logged_in();
    s.logged_in = false;
    return s;
}

setup in_clear() {
    auto s = on_tls();
    s.tls = false;
    return s;
}

outcome run(const setup& s, const std::vector<turn>& script) {
    run_cut(s, script, cutting::octets);
    run_cut(s, script, cutting::halves);
    return run_cut(s, script, cutting::whole);
}

outcome run_whole(const setup& s, const std::vector<turn>& script) {
    return run_cut(s, script, cutting::whole);
}

message::timestamp noon() {
    return {std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(12), {}};
}

void put(memory_account& in, const std::string& mailbox, const std::vector<std::string>& names) {
    std::vector<mailbox::to_append> messages;
    for (const auto& name : names) {
        mailbox::to_append one;
        one.octets = "Subject: " + name + "\r\n\r\n" + name + "\r\n";
        messages.push_back(std::move(one));
    }
    BOOST_REQUIRE(in.append(mailbox, std::move(messages)).has_value());
}

} // namespace imap_tests
