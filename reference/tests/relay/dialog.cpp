// Sessions from strings; see the header.
#include "reference/tests/relay/dialog.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace dialog {

namespace {

enum class cutting { whole, octets, halves };

class conversation {
  public:
    conversation(const setup& s, cutting how)
        : setup_(s)
        , cutting_(how)
        , session_(s.settings) {
        drain();
    }

    std::string hear(const std::string& in) {
        if (in.starts_with('!'))
            happen(in.substr(1));
        else
            feed(in);
        return std::exchange(sent_, {});
    }

    result finish() {
        result_.failed = session_.failed();
        result_.closed = session_.closed();
        return std::move(result_);
    }

  private:
    void happen(const std::string& what) {
        if (what == "tls") session_.tls_started(false);
        if (what == "tls verified") session_.tls_started(true);
        if (what == "tls weak") session_.tls_too_weak("the certificate does not do");
        if (what == "tls failed") session_.tls_failed("no shared cipher");
        if (what == "eof") session_.disconnected("eof");
        if (what == "timeout") session_.timed_out();
        drain();
    }
    void feed(std::string_view octets) {
        auto step = octets.size();
        if (cutting_ == cutting::octets) step = 1;
        if (cutting_ == cutting::halves) step = std::max<std::size_t>(octets.size() / 2, 1);
        for (; !octets.empty(); octets.remove_prefix(std::min(step, octets.size()))) {
            session_.receive(octets.substr(0, step));
            drain();
        }
    }
    void drain() {
        for (;;) {
            while (auto a = session_.next())
                std::visit([this](auto& x) { act(x); }, *a);
            if (session_.closed() || !session_.ready()) return;
            if (begun_ < setup_.messages.size())
                begin(setup_.messages[begun_++]);
            else
                session_.quit();
        }
    }
    void begin(const message& m) {
        current_ = &m;
        relay::mail wanted;
        wanted.entry = std::make_shared<queue::entry>(m.entry);
        for (std::size_t i = 0; i < m.entry.recipients.size(); ++i)
            wanted.recipients.push_back(i);
        session_.begin(std::move(wanted));
    }
    void act(relay::send& a) { sent_ += a.octets; }
    void act(relay::start_tls&) { result_.log.push_back("tls"); }
    void act(relay::read_content& a) {
        if (a.from_the_start) rest_ = current_->content;
        if (rest_.empty())
            return current_->unreadable ? session_.content_failed("disk on fire") : session_.content_ended();
        const auto cut = cutting_ == cutting::whole ? rest_.size() : cutting_ == cutting::octets ? 1 : 7;
        const auto piece = rest_.substr(0, setup_.piece ? setup_.piece : cut);
        rest_.erase(0, piece.size());
        session_.content(piece);
    }
    void act(relay::finished& a) {
        BOOST_TEST(a.outcomes.size() == current_->entry.recipients.size());
        result_.outcomes.push_back(std::move(a.outcomes));
    }
    void act(relay::note& a) { result_.log.push_back("note: " + a.text); }
    void act(relay::close&) { result_.log.push_back("close"); }

    const setup& setup_;
    cutting cutting_;
    relay::session session_;
    std::string sent_, rest_;
    const message* current_ = nullptr;
    std::size_t begun_ = 0;
    result result_;
};

result run_cut(const setup& s, const std::vector<turn>& script, cutting how) {
    conversation c(s, how);
    for (const auto& t : script) {
        const auto out = c.hear(t.in);
        if (t.out != "*") BOOST_TEST(out == t.out, "for " << t.in << "got " << out << "expected " << t.out);
    }
    return c.finish();
}

} // namespace

setup with(std::vector<message> messages) {
    setup s;
    s.settings.host_name = "c.test";
    s.settings.peer = {"mx.test", "127.0.0.2:25"};
    s.settings.tls_because = "MTA-STS";
    s.messages = std::move(messages);
    return s;
}

message to(std::vector<std::string> recipients, std::string content) {
    message m;
    m.entry.id = "q1";
    m.entry.sender = "joe@here.test";
    for (auto& address : recipients) {
        queue::recipient r;
        r.address = std::move(address);
        m.entry.recipients.push_back(std::move(r));
    }
    m.entry.size = content.size();
    m.entry.has_eight_bit = std::any_of(content.begin(), content.end(), [](char c) { return c & 0x80; });
    m.content = std::move(content);
    return m;
}

result run(const setup& s, const std::vector<turn>& script) {
    auto whole = run_cut(s, script, cutting::whole);
    for (const auto how : {cutting::octets, cutting::halves}) {
        const auto other = run_cut(s, script, how);
        BOOST_TEST(other.outcomes.size() == whole.outcomes.size());
        for (std::size_t i = 0; i < std::min(other.outcomes.size(), whole.outcomes.size()); ++i)
            BOOST_TEST(brief(other.outcomes[i]) == brief(whole.outcomes[i]),
                       boost::test_tools::per_element());
        // What comes behind garbage may or may not end the wait for the reply to QUIT.
        if (!whole.failed) BOOST_TEST(other.closed == whole.closed);
        BOOST_TEST(other.failed.has_value() == whole.failed.has_value());
    }
    return whole;
}

std::string ehlo(const std::vector<std::string>& keywords) {
    std::string reply = keywords.empty() ? "250 mx.test\r\n" : "250-mx.test\r\n";
    for (std::size_t i = 0; i < keywords.size(); ++i)
        reply += (i + 1 < keywords.size() ? "250-" : "250 ") + keywords[i] + "\r\n";
    return reply;
}

std::vector<turn> opened(const std::vector<std::string>& keywords, std::string next, std::vector<turn> then) {
    std::vector<turn> script{{"220 mx.test ESMTP\r\n", "EHLO c.test\r\n"}, {ehlo(keywords), std::move(next)}};
    script.insert(script.end(), then.begin(), then.end());
    return script;
}

std::string brief(const relay::outcome& o) {
    static constexpr const char* names[] = {"delivered", "relayed", "deferred", "failed"};
    std::string out = names[static_cast<int>(o.what)];
    out += " " + o.status;
    if (o.host_at_fault) out += " !";
    if (o.elsewhere) out += " *";
    return out;
}

std::vector<std::string> brief(const std::vector<relay::outcome>& all) {
    std::vector<std::string> out;
    for (const auto& one : all)
        out.push_back(brief(one));
    return out;
}

} // namespace dialog
