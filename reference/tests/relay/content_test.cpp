// The content: dots, line ends, what must not be sent, BDAT, conversion, LMTP, and what is said to it.
// RFC 5321 §2.3.8, §4.1.1.4, §4.5.2; RFC 3030; RFC 6152 §3; RFC 2033 §4.2.
#include "reference/tests/relay/dialog.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace dialog;
using namespace std::string_literals;
using texts = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(content)

namespace {

void same(const texts& got, const texts& wanted) {
    BOOST_TEST(got == wanted, boost::test_tools::per_element());
}

const std::string mime = "MIME-Version: 1.0\r\n";

// What a host gets behind its 354, and the outcome when it says 250 then.
std::string sent(const message& m, const std::vector<std::string>& keywords = {"8BITMIME"}) {
    const bool body = std::find(keywords.begin(), keywords.end(), "8BITMIME") != keywords.end();
    std::string seen;
    relay::session session(with({m}).settings);
    std::string rest = m.content;
    const auto drain = [&] {
        while (auto a = session.next()) {
            if (auto* s = std::get_if<relay::send>(&*a)) seen += s->octets;
            if (auto* read = std::get_if<relay::read_content>(&*a)) {
                if (read->from_the_start) rest = m.content;
                if (rest.empty()) {
                    session.content_ended();
                    continue;
                }
                const auto piece = rest.substr(0, 5);
                rest.erase(0, piece.size());
                session.content(piece);
            }
            if (auto* done = std::get_if<relay::finished>(&*a)) seen += "[" + brief(done->outcomes[0]) + "]";
        }
    };
    (void)body;
    for (const auto& reply : {"220 x\r\n"s, ehlo(keywords), "250 OK\r\n"s, "250 OK\r\n"s, "354 go\r\n"s}) {
        seen.clear();
        session.receive(reply);
        if (session.ready()) {
            relay::mail wanted;
            wanted.entry = std::make_shared<queue::entry>(m.entry);
            wanted.recipients = {0};
            session.begin(wanted);
        }
        drain();
        if (session.closed()) break;
    }
    return seen;
}

std::string sent(const std::string& content) {
    return sent(to({"a@x.test"}, content));
}

} // namespace

BOOST_AUTO_TEST_CASE(dots_and_the_end) {
    BOOST_TEST(sent("") == ".\r\n");
    BOOST_TEST(sent("x\r\n") == "x\r\n.\r\n");
    BOOST_TEST(sent("x") == "x\r\n.\r\n");
    BOOST_TEST(sent("\r\n") == "\r\n.\r\n");
    BOOST_TEST(sent("x\r\n\r\n") == "x\r\n\r\n.\r\n");
    BOOST_TEST(sent(".\r\n") == "..\r\n.\r\n");
    BOOST_TEST(sent(".") == "..\r\n.\r\n");
    BOOST_TEST(sent("x\r\n.\r\n..\r\n.y\r\nz.\r\n") == "x\r\n..\r\n...\r\n..y\r\nz.\r\n.\r\n");
    BOOST_TEST(sent("\0\x01\x7f\t\r\n"s) == "\0\x01\x7f\t\r\n.\r\n"s);
    BOOST_TEST(sent(mime + "\r\n\xff\x80\r\n") == mime + "\r\n\xff\x80\r\n.\r\n");
    BOOST_TEST(sent(std::string(998, 'x') + "\r\n") == std::string(998, 'x') + "\r\n.\r\n");
}

BOOST_AUTO_TEST_CASE(what_is_never_sent) {
    for (const auto& bad : {"x\ny\r\n"s, "x\ry\r\n"s, "\n"s, "x\r"s, "x\r\n\n.\r\n"s, "x\r\n.\r.\r\n"s,
                            "\r\r\n"s, std::string(999, 'x') + "\r\n", std::string(5000, 'x')}) {
        const auto got = sent(bad);
        BOOST_TEST(got.ends_with("[failed 5.6.0]"), bad);
        BOOST_TEST(got.find("\r\n.\r\n") == std::string::npos, bad);
    }
    // Whatever the queue believed of it: RFC 6152 §3.
    auto m = to({"a@x.test"}, "x\r\n\xff\r\n");
    m.entry.has_eight_bit = false;
    BOOST_TEST(sent(m, {}) == "[failed 5.6.3]");
}

BOOST_AUTO_TEST_CASE(unreadable) {
    auto m = to({"a@x.test"}, "Subject: x\r\n\r\n");
    m.unreadable = true;
    const std::vector<turn> to_data = {{"250 OK\r\n", "RCPT TO:<a@x.test>\r\n"}, {"250 OK\r\n", "DATA\r\n"}};
    auto script = opened({}, "MAIL FROM:<joe@here.test>\r\n", to_data);
    script.push_back({"354 go\r\n", ""});
    const auto r = run(with({m}), script);
    same(brief(r.outcomes.at(0)), {"deferred 4.3.0"});
    BOOST_TEST(r.outcomes.at(0)[0].why == "the message could not be read: disk on fire");
    BOOST_TEST(r.closed);
}

BOOST_AUTO_TEST_CASE(converted_for_a_seven_bit_host) {
    auto m = to({"a@x.test"}, mime + "\r\n.\xe4\r\n");
    BOOST_TEST(sent(m, {}) == mime + "Content-Transfer-Encoding: quoted-printable\r\n\r\n..=E4\r\n.\r\n");
    BOOST_TEST(sent(m, {"8BITMIME"}) == mime + "\r\n..\xe4\r\n.\r\n");
    // RFC 5321 §2.4: what is no MIME is not sent as 8BITMIME either.
    for (const char* content : {"Subject: x\r\n\r\n\xe4\r\n", "\r\n\xe4\r\n", "\xe4", "X: \xe4\r\n\r\n"}) {
        const auto r = run(with({to({"a@x.test"}, content)}), opened({"8BITMIME"}, "QUIT\r\n"));
        same(brief(r.outcomes.at(0)), {"failed 5.6.3"});
    }
    // RFC 3030 §3: nor what is binary by its header only.
    const auto binary = to({"a@x.test"}, mime + "Content-Transfer-Encoding: Binary\r\n\r\n\xe4\r\n");
    same(brief(run(with({binary}), opened({"8BITMIME"}, "QUIT\r\n")).outcomes.at(0)), {"failed 5.6.3"});
    // SIZE is that of what is sent.
    run(with({m}), opened({"SIZE"}, "MAIL FROM:<joe@here.test> SIZE=72\r\n"));
    same(brief(run(with({m}), opened({"SIZE 71"}, "QUIT\r\n")).outcomes.at(0)), {"failed 5.3.4"});
    m = to({"a@x.test"}, "Subject: x\r\n\r\n\xe4\r\n");
    const auto r = run(with({m}), opened({}, "QUIT\r\n"));
    same(brief(r.outcomes.at(0)), {"failed 5.6.3"});
    BOOST_TEST(r.outcomes.at(0)[0].why ==
               "the message cannot be sent there: the host takes no 8BITMIME, and it is no MIME message");
    auto s = with({to({"a@x.test"}, mime + "\r\n\xe4\r\n")});
    s.settings.convertible = 10;
    same(brief(run(s, opened({}, "QUIT\r\n")).outcomes.at(0)), {"failed 5.6.3"});
}

BOOST_AUTO_TEST_CASE(binary_in_chunks) {
    auto m = to({"a@x.test"}, mime + "\r\n\0\n\r.\xff"s);
    m.entry.body = queue::entry::body::binary_mime;
    auto s = with({m, to({"b@x.test"})});
    s.piece = 10;
    auto script = opened({"BINARYMIME", "CHUNKING"}, "MAIL FROM:<joe@here.test> BODY=BINARYMIME\r\n",
                         {{"250 OK\r\n", "RCPT TO:<a@x.test>\r\n"}, {"250 OK\r\n", "BDAT 10\r\nMIME-Versi"}});
    auto whole = script;
    whole.insert(whole.end(), {{"250 10\r\n", "BDAT 10\r\non: 1.0\r\n\r"},
                               {"250 20\r\n", "BDAT 6 LAST\r\n\n\0\n\r.\xff"s},
                               {"250 2.0.0 all\r\n", "MAIL FROM:<joe@here.test>\r\n"}});
    same(brief(run(s, whole).outcomes.at(0)), {"relayed 2.0.0"});
    // RFC 3030 §2: no further BDAT after a refusal, and RSET first.
    auto refused = script;
    refused.insert(refused.end(),
                   {{"452 4.3.1 no room\r\n", "RSET\r\n"}, {"250 OK\r\n", "MAIL FROM:<joe@here.test>\r\n"}});
    same(brief(run(s, refused).outcomes.at(0)), {"deferred 4.3.1"});
    auto last = whole;
    last.pop_back();
    last.push_back({"554 5.6.0 no\r\n", "RSET\r\n"});
    same(brief(run(s, last).outcomes.at(0)), {"failed 5.6.0"});
}

BOOST_AUTO_TEST_CASE(binary_to_a_host_without_it) {
    auto m =
        to({"a@x.test"}, mime + "Content-Type: image/x\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\n"s);
    m.entry.body = queue::entry::body::binary_mime;
    BOOST_TEST(sent(m, {"8BITMIME", "CHUNKING"}) ==
               mime + "Content-Type: image/x\r\nContent-Transfer-Encoding: base64\r\n\r\nAAo=\r\n.\r\n");
}

BOOST_AUTO_TEST_CASE(lmtp_has_a_reply_for_each) {
    auto s = with({to({"a@x.test", "b@x.test", "c@x.test"}), to({"d@x.test"})});
    s.settings.lmtp = true;
    const std::string group = "MAIL FROM:<joe@here.test>\r\nRCPT TO:<a@x.test>\r\nRCPT TO:<b@x.test>\r\n"
                              "RCPT TO:<c@x.test>\r\nDATA\r\n";
    std::vector<turn> script{
        {"220 x\r\n", "LHLO c.test\r\n"},
        {ehlo({"PIPELINING"}), group},
        {"250 OK\r\n250 OK\r\n550 5.1.1 no\r\n250 OK\r\n354 go\r\n", "Subject: x\r\n\r\nHello.\r\n.\r\n"},
        {"250 2.1.5 a\r\n", ""}};
    auto whole = script;
    whole.push_back(
        {"452 4.2.2 c is full\r\n", "MAIL FROM:<joe@here.test>\r\nRCPT TO:<d@x.test>\r\nDATA\r\n"});
    same(brief(run(s, whole).outcomes.at(0)), {"delivered 2.1.5", "failed 5.1.1", "deferred 4.2.2"});
    // RFC 2033 §5: what was said holds, the others wait.
    auto broken = script;
    broken.push_back({"!eof", ""});
    same(brief(run(s, broken).outcomes.at(0)), {"delivered 2.1.5", "failed 5.1.1", "deferred 4.4.2 !"});
    const auto r = run(s, {{"220 x\r\n", "LHLO c.test\r\n"}, {"500 what\r\n", "QUIT\r\n"}});
    BOOST_TEST(brief(r.failed->outcome) == "failed 5.5.2 ! *");
}

BOOST_AUTO_TEST_CASE(refused_at_each_point) {
    const std::vector<turn> to_data = {{"250 OK\r\n", "RCPT TO:<a@x.test>\r\n"}, {"250 OK\r\n", "DATA\r\n"}};
    const auto ends = [&](std::vector<turn> rest) {
        auto script = opened({}, "MAIL FROM:<joe@here.test>\r\n", to_data);
        script.insert(script.end(), rest.begin(), rest.end());
        return run(with({to({"a@x.test"})}), script);
    };
    const turn go{"354 go\r\n", "Subject: x\r\n\r\nHello.\r\n.\r\n"};
    same(brief(ends({{"451 4.3.5 hm\r\n", "QUIT\r\n"}}).outcomes.at(0)), {"deferred 4.3.5"});
    same(brief(ends({{"554 no\r\n", "QUIT\r\n"}}).outcomes.at(0)), {"failed 5.0.0"});
    same(brief(ends({{"250 what\r\n", "QUIT\r\n"}}).outcomes.at(0)), {"deferred 4.5.0 ! *"});
    same(brief(ends({go, {"452 no room\r\n", "QUIT\r\n"}}).outcomes.at(0)), {"deferred 4.3.1"});
    same(brief(ends({go, {"552 too much\r\n", "QUIT\r\n"}}).outcomes.at(0)), {"failed 5.3.4"});
    same(brief(ends({go, {"354 what\r\n", "QUIT\r\n"}}).outcomes.at(0)), {"deferred 4.5.0 !"});
    same(brief(ends({go, {"421 4.3.2 bye\r\n", "QUIT\r\n"}}).outcomes.at(0)), {"deferred 4.3.2 ! *"});
    same(brief(ends({go, {"!eof", ""}}).outcomes.at(0)), {"deferred 4.4.2 !"});
    same(brief(ends({go, {"!timeout", "QUIT\r\n"}}).outcomes.at(0)), {"deferred 4.4.2 !"});
    same(brief(ends({{"!timeout", "QUIT\r\n"}}).outcomes.at(0)), {"deferred 4.4.2 ! *"});
}

BOOST_AUTO_TEST_CASE(refused_while_it_is_sent) {
    auto m = to({"a@x.test"}, "x\r\n");
    relay::session session(with({m}).settings);
    const auto drain = [&] {
        std::string seen;
        while (auto a = session.next()) {
            if (auto* s = std::get_if<relay::send>(&*a)) seen += s->octets;
            if (std::holds_alternative<relay::close>(*a)) seen += "[close]";
            if (auto* done = std::get_if<relay::finished>(&*a)) seen += "[" + brief(done->outcomes[0]) + "]";
        }
        return seen;
    };
    session.receive("220 x\r\n");
    session.receive(ehlo());
    relay::mail wanted;
    wanted.entry = std::make_shared<queue::entry>(m.entry);
    wanted.recipients = {0};
    session.begin(wanted);
    session.receive("250 OK\r\n");
    session.receive("250 OK\r\n");
    session.receive("354 go\r\n");
    drain();
    BOOST_TEST(session.in_content());
    BOOST_TEST(session.waits_for().limit.count() == 180); // RFC 5321 §4.5.3.2.5
    session.receive("552 5.3.4 enough\r\n");
    BOOST_TEST(drain() == "[failed 5.3.4][close]");
    session.content("too late\r\n");
    BOOST_TEST(drain() == "");
}

BOOST_AUTO_TEST_SUITE_END()
