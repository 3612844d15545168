// The dialog runner and its world. It makes no expectations of its own but one: however the octets of a turn
// are cut, the outcome is the same.
#include "reference/tests/smtp/dialog.hpp"

#include <boost/test/unit_test.hpp>

namespace dialog {

namespace {

using smtp::destination;
using smtp::resolution;

class small_town : public smtp::directory {
  public:
    resolution resolve(const message::mailbox& address) const override {
        const auto domain = message::lower_case(address.domain);
        if (message::is_postmaster(address.local_part) && (domain.empty() || domain == "example.test")) {
            resolution r{resolution::kind::alias, {"postmaster", "example.test"}, {local("alice")}, {}};
            return r;
        }
        const bool backed_up = domain == "backed.test";
        if (domain != "example.test") return {resolution::kind::foreign, address, {}, {}, backed_up};
        return in_town(address);
    }

    resolution find(std::string_view name) const override {
        if (name == "smith") {
            return {resolution::kind::ambiguous,
                    {},
                    {local("alice", "Alice Smith"), local("bob", "Bob Smith")},
                    {}};
        }
        return in_town({std::string(name), "example.test"});
    }

    bool may_send_as(std::string_view user, const message::mailbox& sender) const override {
        if (!message::equals_ignoring_case(sender.domain, "example.test")) return false;
        const auto name = message::lower_case(message::split_sub_address(sender.local_part).user);
        return name == user || (user == "alice" && name == "info");
    }

    message::mailbox address_of(std::string_view user) const override {
        return {std::string(user), "example.test"};
    }

  private:
    static destination local(const std::string& user, std::string full_name = {}) {
        return {user, {}, {user, "example.test"}, std::move(full_name)};
    }
    static resolution in_town(message::mailbox address) {
        using k = enum resolution::kind;
        const auto part = message::split_sub_address(address.local_part);
        const auto name = message::lower_case(part.user);
        if (name == "alice" || name == "carl") {
            auto to = local(name, name == "alice" ? "Alice Smith" : "");
            to.detail = part.detail;
            return {k::mailbox, {name, "example.test"}, {to}, {}};
        }
        if (name == "bob" || name == "joe smith")
            return {k::mailbox, {name, "example.test"}, {local(name)}, {}};
        // Aliases have no owner to speak of; that one is given here shows that it is not used.
        if (name == "info") {
            return {k::alias,
                    {"info", "example.test"},
                    {local("alice")},
                    message::mailbox{"bob", "example.test"}};
        }
        if (name == "nobody") return {k::alias, {"nobody", "example.test"}, {}, {}};
        if (name == "team") {
            return {k::list,
                    {"team", "example.test"},
                    {local("alice", "Alice Smith"), local("bob")},
                    message::mailbox{"team-owner", "example.test"}};
        }
        if (name == "solo") {
            return {
                k::list, {"solo", "example.test"}, {local("bob")}, message::mailbox{"alice", "example.test"}};
        }
        if (name == "j\xC3\xB6rg") {
            return {k::mailbox, {name, "example.test"}, {local(name, "J\xC3\xB6rg Gr\xC3\xBCn")}, {}};
        }
        if (name == "zoe") return {k::mailbox, {name, "example.test"}, {local(name, "Zo\xC3\xAB")}, {}};
        if (name == "world") {
            return {k::list,
                    {"world", "example.test"},
                    {local("bob"), local("j\xC3\xB6rg")},
                    message::mailbox{"bob", "example.test"}};
        }
        if (name == "later") return {k::unavailable, address, {}, {}};
        if (name.size() == 64) return {k::mailbox, address, {local("alice")}, {}};
        return {k::unknown, address, {}, {}};
    }
};

// Feeds one way of cutting, collects what comes.
class conversation {
  public:
    explicit conversation(const setup& s)
        : setup_(s)
        , session_(setup_.policy, people(), {"s1", s.client_address, s.implicit_tls}, noon()) {
        drain();
    }

    std::string feed(std::string_view octets) {
        session_.receive(octets, noon());
        drain();
        return take_sent();
    }
    std::string take_sent() {
        std::string out;
        out.swap(sent_);
        return out;
    }
    outcome finish() {
        outcome_.closed = session_.closed();
        outcome_.user = session_.user();
        outcome_.helo = session_.helo();
        return std::move(outcome_);
    }

  private:
    void drain() {
        while (auto a = session_.next())
            std::visit([this](auto& x) { act(x); }, *a);
    }
    void act(smtp::send& a) { sent_ += a.octets; }
    void act(smtp::start_tls&) {
        outcome_.log.push_back("tls");
        session_.tls_started(noon());
    }
    void act(smtp::verify_password& a) {
        outcome_.log.push_back("verify " + a.mechanism + " " + a.user + " " + a.password);
        using v = smtp::password_verdict;
        auto verdict = a.password == a.user + "-pw" ? v::good : v::bad;
        if (a.user == "weak") verdict = v::mechanism_weak;
        if (a.user == "moving") verdict = v::needs_transition;
        if (a.user == "down") verdict = v::unavailable;
        session_.password_checked(verdict, a.user, noon());
    }
    void act(smtp::begin_message& a) { open_ = {*a.envelope, {}}; }
    void act(smtp::message_chunk& a) { open_.content += a.octets; }
    void act(smtp::commit_message& a) {
        BOOST_TEST(a.size == open_.content.size());
        std::vector<smtp::delivery_verdict> verdicts;
        for (auto& r : open_.envelope.recipients) {
            const bool carl = r.destinations.front().user == "carl";
            verdicts.push_back(carl ? smtp::delivery_verdict::no_space : setup_.verdict);
        }
        outcome_.messages.push_back(std::move(open_));
        session_.delivered(verdicts, noon());
    }
    void act(smtp::abort_message& a) { outcome_.log.push_back("abort: " + a.reason); }
    void act(smtp::note& a) { outcome_.log.push_back("note: " + a.text); }
    void act(smtp::close&) { outcome_.log.push_back("close"); }

    const setup& setup_;
    smtp::session session_;
    std::string sent_;
    kept_message open_;
    outcome outcome_;
};

enum class cutting { whole, octets, halves };

outcome run_cut(const setup& s, const std::vector<turn>& script, cutting how) {
    conversation c(s);
    std::string pending = c.take_sent();
    for (const auto& t : script) {
        std::string out = std::move(pending);
        pending.clear();
        std::string_view in = t.in;
        switch (how) {
        case cutting::whole: out += in.empty() ? "" : c.feed(in); break;
        case cutting::octets:
            for (char octet : in)
                out += c.feed({&octet, 1});
            break;
        case cutting::halves:
            out += c.feed(in.substr(0, in.size() / 2));
            out += c.feed(in.substr(in.size() / 2));
            break;
        }
        if (t.out != "*") BOOST_TEST(out == t.out, "for " << t.in << "got " << out << "expected " << t.out);
    }
    return c.finish();
}

setup with_role(smtp::role r) {
    setup s;
    s.policy.role = r;
    s.policy.host_name = "mx.example.test";
    s.policy.limits.message_size = 1'000'000;
    return s;
}

} // namespace

const smtp::directory& people() {
    static const small_town town;
    return town;
}

message::timestamp noon() {
    using namespace std::chrono;
    return {sys_days{2026y / November / 22} + 12h, minutes{0}};
}

setup mta() {
    return with_role(smtp::role::mta);
}
setup lmtp() {
    return with_role(smtp::role::lmtp);
}
setup submission() {
    auto s = with_role(smtp::role::submission);
    s.policy.offer_auth = true;
    return s;
}
setup submissions() {
    auto s = submission();
    s.implicit_tls = true;
    return s;
}

outcome run(const setup& s, const std::vector<turn>& script) {
    auto whole = run_cut(s, script, cutting::whole);
    for (auto how : {cutting::octets, cutting::halves}) {
        auto other = run_cut(s, script, how);
        BOOST_TEST(other.messages.size() == whole.messages.size());
        for (std::size_t i = 0; i < std::min(other.messages.size(), whole.messages.size()); ++i) {
            BOOST_TEST(other.messages[i].content == whole.messages[i].content);
        }
        BOOST_TEST(other.log == whole.log, boost::test_tools::per_element());
        BOOST_TEST(other.closed == whole.closed);
        BOOST_TEST(other.user == whole.user);
    }
    return whole;
}

outcome run_greeted(const setup& s, const std::vector<turn>& script) {
    std::vector<turn> all{{"", "*"},
                          {s.policy.role == smtp::role::lmtp ? "LHLO c.test\r\n" : "EHLO c.test\r\n", "*"}};
    if (s.policy.role == smtp::role::submission && s.implicit_tls) {
        all.push_back({"AUTH PLAIN AGFsaWNlAGFsaWNlLXB3\r\n", "235 2.7.0 Authentication succeeded\r\n"});
    }
    all.insert(all.end(), script.begin(), script.end());
    return run(s, all);
}

} // namespace dialog
