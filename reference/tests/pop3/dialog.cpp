// Drives a POP3 session from strings; see the header.
#include "reference/tests/pop3/dialog.hpp"

#include <boost/test/unit_test.hpp>

namespace dialog {
namespace {

enum class cutting { none, octets, halves };

class conversation {
  public:
    explicit conversation(const setup& s)
        : setup_(s)
        , session_(s.policy, pop3::session_facts{"id-1", s.implicit_tls}) {
        did_.account = std::make_shared<mailbox_tests::memory_account>();
        auto& inbox = did_.account->at("INBOX");
        for (const auto& one : s.messages)
            inbox.put(one);
        if (s.prepare) s.prepare(*did_.account);
    }

    std::string say(const std::string& in, cutting how) {
        said_.clear();
        pump();
        if (in.starts_with("<") && in.ends_with(">"))
            happen(in);
        else if (how == cutting::octets)
            for (const char c : in)
                feed({&c, 1});
        else if (how == cutting::halves) {
            feed(std::string_view(in).substr(0, in.size() / 2));
            feed(std::string_view(in).substr(in.size() / 2));
        } else
            feed(in);
        return said_;
    }

    outcome finish() {
        did_.closed = session_.closed();
        did_.logged_in = session_.logged_in();
        did_.user = session_.user();
        return did_;
    }

  private:
    void feed(std::string_view octets) {
        session_.receive(octets);
        pump();
    }

    void happen(const std::string& event) {
        if (event == "<timeout>") session_.timed_out();
        if (event == "<shutdown>") session_.shut_down();
        if (event == "<gone>") session_.disconnected();
        if (event == "<reset alice>") {
            const refmail::mailbox::uid first[] = {1};
            BOOST_REQUIRE(did_.account->at("INBOX").expunge(first, true));
        }
        pump();
    }

    void pump() {
        while (auto wanted = session_.next())
            std::visit([this](auto& one) { carry_out(one); }, *wanted);
        BOOST_TEST(session_.wants_input() == !session_.closed());
    }

    void carry_out(pop3::send& one) {
        BOOST_TEST(!one.octets.empty());
        said_ += one.octets;
    }
    void carry_out(pop3::start_tls&) {
        did_.log.push_back("tls");
        session_.tls_started();
    }
    void carry_out(pop3::verify_password& one) {
        did_.log.push_back("verify " + one.mechanism + " " + one.user + " " + one.password);
        if (one.user == "alice" && one.password == "alice-pw")
            session_.password_checked(pop3::password_verdict::good, did_.account);
        else
            session_.password_checked(setup_.verdict, nullptr);
    }
    void carry_out(pop3::verify_digest& one) {
        did_.log.push_back("digest " + one.user + " " + one.timestamp + " " + one.digest);
        const bool good = one.digest == std::string(32, 'a');
        session_.password_checked(good ? pop3::password_verdict::good : pop3::password_verdict::bad,
                                  good ? did_.account : nullptr);
    }
    void carry_out(pop3::work&) { session_.work(); }
    void carry_out(pop3::note& one) { did_.log.push_back("note: " + one.text); }
    void carry_out(pop3::close&) { did_.log.push_back("close"); }

    const setup& setup_;
    pop3::session session_;
    std::string said_;
    outcome did_;
};

outcome run_cut(const setup& s, const std::vector<turn>& before, const std::vector<turn>& script,
                cutting how) {
    conversation talk(s);
    for (const auto& one : before)
        talk.say(one.in, cutting::none);
    for (const auto& one : script)
        BOOST_TEST(talk.say(one.in, how) == one.out);
    return talk.finish();
}

outcome run_each_way(const setup& s, const std::vector<turn>& before, const std::vector<turn>& script) {
    run_cut(s, before, script, cutting::octets);
    run_cut(s, before, script, cutting::halves);
    return run_cut(s, before, script, cutting::none);
}

} // namespace

std::vector<refmail::mailbox::uid> outcome::left() const {
    std::vector<refmail::mailbox::uid> all;
    for (const auto& one : account->at("INBOX").records())
        all.push_back(one.id);
    return all;
}

setup with(std::vector<std::string> messages) {
    setup s;
    s.policy.host_name = "mail.test";
    s.policy.allow_plaintext = true;
    s.messages = std::move(messages);
    return s;
}

outcome run(const setup& s, const std::vector<turn>& script) {
    return run_each_way(s, {}, script);
}

outcome run_logged_in(const setup& s, const std::vector<turn>& script) {
    return run_each_way(s, {{"", ""}, {"USER alice\r\nPASS alice-pw\r\n", ""}}, script);
}

} // namespace dialog
