// How a session opens, and how it ends: greetings, EHLO and HELO, STARTTLS, AUTH, 421, silence, garbage.
// RFC 5321 §3.1, §3.2, §3.8, §4.5.3.2; RFC 7504; RFC 3207; RFC 4954.
#include "reference/tests/relay/dialog.hpp"

#include <boost/test/unit_test.hpp>

using namespace dialog;
using namespace std::string_literals;
using texts = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(opening)

namespace {

const turn greeted{"220 mx.test ESMTP\r\n", "EHLO c.test\r\n"};

// "kind: outcome" of a session that failed with nothing to send.
std::string failure(const setup& s, std::vector<turn> script) {
    static constexpr const char* kinds[] = {"refused", "dropped", "tls", "broken", "timeout", "protocol"};
    const auto r = run(s, script);
    return r.failed ? kinds[static_cast<int>(r.failed->what)] + (": " + brief(r.failed->outcome)) : "none";
}
std::string failure(std::vector<turn> script) {
    return failure(with({}), std::move(script));
}

setup demanding(relay::security demand) {
    auto s = with({to({"a@x.test"})});
    s.settings.tls = demand;
    return s;
}
const auto required = relay::security::required;

setup with_login() {
    auto s = with({to({"a@x.test"})});
    s.settings.tls = required;
    s.settings.user = "joe";
    s.settings.password = "secret";
    return s;
}
// The replies inside TLS begin behind these.
std::vector<turn> logging_in(const std::string& mechanisms, std::string next, std::vector<turn> then = {},
                             const char* event = "!tls verified") {
    std::vector<turn> script{greeted,
                             {ehlo({"STARTTLS", "AUTH PLAIN"}), "STARTTLS\r\n"},
                             {"220 go\r\n", ""},
                             {event, "EHLO c.test\r\n"},
                             {ehlo({mechanisms}), std::move(next)}};
    script.insert(script.end(), then.begin(), then.end());
    return script;
}

} // namespace

BOOST_AUTO_TEST_CASE(greetings) {
    BOOST_TEST(failure({{"554 no service\r\n", "QUIT\r\n"}, {"221 bye\r\n", ""}}) ==
               "refused: failed 5.0.0 ! *");
    BOOST_TEST(failure({{"521 5.3.2 never\r\n", "QUIT\r\n"}}) == "refused: failed 5.3.2 ! *");
    BOOST_TEST(failure({{"421 4.3.2 busy\r\n", "QUIT\r\n"}}) == "refused: deferred 4.3.2 ! *");
    BOOST_TEST(failure({{"450 odd\r\n", "QUIT\r\n"}}) == "refused: deferred 4.0.0 ! *");
    BOOST_TEST(failure({{"354 odd\r\n", "QUIT\r\n"}}) == "protocol: deferred 4.5.0 ! *");
    BOOST_TEST(failure({{"!eof", ""}}) == "broken: deferred 4.4.2 ! *");
    BOOST_TEST(failure({{"!timeout", ""}}) ==
               "timeout: deferred 4.4.2 ! *"); // RFC 5321 §4.3.1: nothing is said
    // Acts on the code alone (RFC 5321 §4.2), on several lines, and with no text.
    for (const char* words : {"220\r\n", "220 \r\n", "220-a\r\n220-550 no\r\n220 b\r\n", "229 odd\r\n"})
        run(with({}), {{words, "EHLO c.test\r\n"}});
}

BOOST_AUTO_TEST_CASE(ehlo_and_helo) {
    for (const char* code : {"500 what\r\n", "502 5.5.1 no\r\n", "550 no\r\n", "504 no\r\n"})
        run(with({to({"a@x.test"})}),
            {greeted, {code, "HELO c.test\r\n"}, {"250 mx.test\r\n", "MAIL FROM:<joe@here.test>\r\n"}});
    BOOST_TEST(failure({greeted, {"500 what\r\n", "HELO c.test\r\n"}, {"550 no\r\n", "QUIT\r\n"}}) ==
               "refused: failed 5.0.0 ! *");
    BOOST_TEST(failure({greeted, {"451 4.3.0 hm\r\n", "QUIT\r\n"}}) == "refused: deferred 4.3.0 ! *");
    BOOST_TEST(failure({greeted, {"421 bye\r\n", "QUIT\r\n"}}) == "refused: deferred 4.3.2 ! *");
    BOOST_TEST(failure({greeted, {"!eof", ""}}) == "dropped: deferred 4.4.2 ! *");
    BOOST_TEST(failure({greeted, {"!timeout", ""}}) == "timeout: deferred 4.4.2 ! *");
    auto s = with({to({"a@x.test"}, "\r\n\xff\r\n")});
    s.settings.begin_with_helo = true;
    // HELO offers nothing, whatever its reply looks like (RFC 5321 §3.2).
    const auto r = run(s, {{"220 x\r\n", "HELO c.test\r\n"}, {ehlo({"8BITMIME", "PIPELINING"}), "QUIT\r\n"}});
    BOOST_TEST(brief(r.outcomes.at(0)[0]) == "failed 5.6.3");
}

BOOST_AUTO_TEST_CASE(starttls) {
    const std::vector<turn> until_tls{
        greeted, {ehlo({"STARTTLS", "PIPELINING", "SIZE 1"}), "STARTTLS\r\n"}, {"220 go\r\n", ""}};
    auto script = until_tls;
    // RFC 3207 §4.2: EHLO again, nothing remembered; and no STARTTLS inside.
    script.push_back({"!tls", "EHLO c.test\r\n"});
    script.push_back({ehlo({"STARTTLS"}), "MAIL FROM:<joe@here.test>\r\n"});
    for (const auto demand : {relay::security::opportunistic, required}) {
        const auto r = run(demanding(demand), script);
        BOOST_TEST(r.log.at(0) == "tls");
    }
    script.resize(4);
    script.push_back({"500 what\r\n", "HELO c.test\r\n"});
    run(demanding(required), script);

    script = until_tls;
    script.push_back({"!tls failed", ""});
    BOOST_TEST(failure(demanding(required), script) == "tls: deferred 4.7.5 ! *");
    script.back() = {"!tls weak", "QUIT\r\n"}; // RFC 3207 §4.1
    BOOST_TEST(failure(demanding(required), script) == "tls: deferred 4.7.5 ! *");
    run(demanding(relay::security::never), {greeted, {ehlo({"STARTTLS"}), "MAIL FROM:<joe@here.test>\r\n"}});
}

BOOST_AUTO_TEST_CASE(starttls_refused_or_missing) {
    for (const char* reply : {"454 4.7.0 not now\r\n", "501 what\r\n", "502 no\r\n"})
        run(demanding(relay::security::opportunistic),
            {greeted, {ehlo({"STARTTLS"}), "STARTTLS\r\n"}, {reply, "MAIL FROM:<joe@here.test>\r\n"}});
    BOOST_TEST(
        failure(demanding(required),
                {greeted, {ehlo({"STARTTLS"}), "STARTTLS\r\n"}, {"454 4.7.0 not now\r\n", "QUIT\r\n"}}) ==
        "tls: deferred 4.7.0 ! *");
    BOOST_TEST(failure(demanding(required),
                       {greeted, {ehlo({"STARTTLS"}), "STARTTLS\r\n"}, {"554 5.7.3 no\r\n", "QUIT\r\n"}}) ==
               "tls: deferred 4.7.0 ! *");
    BOOST_TEST(failure(demanding(required), {greeted, {ehlo({"SIZE"}), "QUIT\r\n"}}) ==
               "tls: deferred 4.7.4 ! *");
    BOOST_TEST(failure(demanding(required),
                       {greeted, {"502 no\r\n", "HELO c.test\r\n"}, {"250 x\r\n", "QUIT\r\n"}}) ==
               "tls: deferred 4.7.4 ! *");
    BOOST_TEST(failure(demanding(required),
                       {greeted, {ehlo({"STARTTLS"}), "STARTTLS\r\n"}, {"250 what\r\n", "QUIT\r\n"}}) ==
               "protocol: deferred 4.5.0 ! *");
}

BOOST_AUTO_TEST_CASE(injected_behind_starttls) {
    // Octets in the clear behind the 220 are nobody's reply (RFC 3207 §4.2; CVE-2011-0411 from the other
    // side): were they taken for the reply to EHLO, the message would go out in the manner of an attacker.
    const std::string injected = "220 go\r\n250-mx.test\r\n250 AUTH PLAIN\r\n250 OK\r\n";
    const auto r = run(demanding(required), {greeted,
                                             {ehlo({"STARTTLS"}), "STARTTLS\r\n"},
                                             {injected, ""},
                                             {"!tls", "EHLO c.test\r\n"},
                                             {ehlo(), "MAIL FROM:<joe@here.test>\r\n"}});
    BOOST_TEST(r.log.at(1) == "note: 37 octets in the clear behind STARTTLS ignored");
    // Half a reply, too.
    run(demanding(required), {greeted,
                              {ehlo({"STARTTLS"}), "STARTTLS\r\n"},
                              {"220 go\r\n250-mx", ""},
                              {"!tls", "EHLO c.test\r\n"},
                              {ehlo(), "MAIL FROM:<joe@here.test>\r\n"}});
}

BOOST_AUTO_TEST_CASE(implicit_tls) {
    auto s = demanding(required);
    s.settings.implicit_tls = true;
    run(s, {greeted, {ehlo({"STARTTLS"}), "MAIL FROM:<joe@here.test>\r\n"}});
}

BOOST_AUTO_TEST_CASE(login) {
    const auto good = with_login();
    run(good, logging_in("AUTH LOGIN PLAIN", "AUTH PLAIN AGpvZQBzZWNyZXQ=\r\n",
                         {{"235 2.7.0 welcome\r\n", "MAIL FROM:<joe@here.test> AUTH=<>\r\n"}}));
    run(good, logging_in("AUTH LOGIN CRAM-MD5", "AUTH LOGIN\r\n",
                         {{"334 VXNlcm5hbWU6\r\n", "am9l\r\n"},
                          {"334 UGFzc3dvcmQ6\r\n", "c2VjcmV0\r\n"},
                          {"235 welcome\r\n", "MAIL FROM:<joe@here.test> AUTH=<>\r\n"}}));
    // RFC 4954 §4: an initial response that would make the line too long goes behind a 334.
    auto lengthy = good;
    lengthy.settings.password = std::string(400, 'x');
    run(lengthy,
        logging_in("AUTH PLAIN", "AUTH PLAIN\r\n",
                   {{"334 \r\n", "*"}, {"235 welcome\r\n", "MAIL FROM:<joe@here.test> AUTH=<>\r\n"}}));
}

BOOST_AUTO_TEST_CASE(login_that_fails_keeps_the_mail) {
    const auto s = with_login();
    const std::string plain = "AUTH PLAIN AGpvZQBzZWNyZXQ=\r\n";
    BOOST_TEST(failure(s, logging_in("AUTH PLAIN", plain, {{"535 5.7.8 no\r\n", "QUIT\r\n"}})) ==
               "refused: deferred 4.7.8 ! *");
    BOOST_TEST(failure(s, logging_in("AUTH PLAIN", plain, {{"454 4.7.0 later\r\n", "QUIT\r\n"}})) ==
               "refused: deferred 4.7.0 ! *");
    BOOST_TEST(failure(s, logging_in("AUTH GSSAPI", "QUIT\r\n")) == "refused: deferred 4.7.0 ! *");
    BOOST_TEST(failure(s, logging_in("SIZE", "QUIT\r\n")) == "refused: deferred 4.7.0 ! *");
    // Another mechanism where the first one is at fault (RFC 4954 §4, §6).
    run(s, logging_in("AUTH PLAIN LOGIN", plain, {{"534 5.7.9 too weak\r\n", "AUTH LOGIN\r\n"}}));
    // A challenge that is no base64, or one too many, is answered by "*".
    BOOST_TEST(failure(s, logging_in("AUTH LOGIN", "AUTH LOGIN\r\n",
                                     {{"334 not base64!\r\n", "*\r\n"}, {"501 OK\r\n", "QUIT\r\n"}})) ==
               "refused: deferred 4.7.8 ! *");
    BOOST_TEST(failure(s, logging_in("AUTH PLAIN", plain,
                                     {{"334 \r\n", "*\r\n"}, {"501 5.0.0 OK\r\n", "QUIT\r\n"}})) ==
               "refused: deferred 4.7.8 ! *");
}

BOOST_AUTO_TEST_CASE(no_password_for_strangers) {
    // RFC 4954 §14: neither in the clear nor to a certificate that was not checked.
    auto s = with_login();
    BOOST_TEST(failure(s, logging_in("AUTH PLAIN", "QUIT\r\n", {}, "!tls")) == "refused: deferred 4.7.0 ! *");
    s.settings.tls = relay::security::opportunistic;
    BOOST_TEST(failure(s, {greeted, {ehlo({"AUTH PLAIN"}), "QUIT\r\n"}}) == "refused: deferred 4.7.0 ! *");
    s.settings.plaintext_auth = true;
    run(s, {greeted, {ehlo({"AUTH PLAIN"}), "AUTH PLAIN AGpvZQBzZWNyZXQ=\r\n"}});
}

BOOST_AUTO_TEST_CASE(garbage) {
    for (const auto& words :
         {"hello\r\n"s, "\r\n"s, "250 OK\n"s, "\0\0\0\r\n"s, "100 continue\r\n"s, "220-a\r\n250 b\r\n"s,
          std::string(5000, '2'), "220-" + std::string(5000, 'x'), "HTTP/1.1 400 Bad Request\r\n"s}) {
        BOOST_TEST(failure({{words, "QUIT\r\n"}}) == "protocol: deferred 4.5.0 ! *", words);
        BOOST_TEST(failure({greeted, {words, "QUIT\r\n"}}) == "protocol: deferred 4.5.0 ! *", words);
    }
    std::string endless;
    while (endless.size() < 100'000)
        endless += "220-still not ready\r\n";
    BOOST_TEST(failure({{endless, "QUIT\r\n"}}) == "protocol: deferred 4.5.0 ! *");
    std::string list = "250-mx\r\n";
    for (int i = 0; i < 600; ++i)
        list += "250-X-" + std::to_string(i) + "\r\n";
    BOOST_TEST(failure({greeted, {list, "QUIT\r\n"}}) == "protocol: deferred 4.5.0 ! *");
}

BOOST_AUTO_TEST_CASE(what_comes_behind_quit_is_not_waited_for) {
    auto r = run(with({}), opened({}, "QUIT\r\n", {{"221 bye\r\n", ""}, {"250 what\r\n", ""}}));
    BOOST_TEST(r.closed);
    BOOST_TEST(!r.failed);
    for (const char* end : {"500 what\r\n", "!eof", "!timeout", "garbage\r\n", "421 bye\r\n"}) {
        r = run(with({}), opened({}, "QUIT\r\n", {{end, ""}}));
        BOOST_TEST(r.closed);
        BOOST_TEST(!r.failed);
    }
}

BOOST_AUTO_TEST_CASE(closing_at_any_time) {
    const std::vector<turn> mail = {{"250 OK\r\n", "RCPT TO:<a@x.test>\r\n"},
                                    {"250 OK\r\n", "RCPT TO:<b@x.test>\r\n"},
                                    {"250 OK\r\n", "DATA\r\n"}};
    for (std::size_t n = 0; n <= mail.size(); ++n) {
        for (const turn& end : {turn{"421 4.3.2 bye\r\n", "QUIT\r\n"}, turn{"!eof", ""}}) {
            auto script = opened({}, "MAIL FROM:<joe@here.test>\r\n", {mail.begin(), mail.begin() + n});
            script.push_back(end);
            const auto r = run(with({to({"a@x.test", "b@x.test"})}), script);
            const std::string one = end.in == "!eof" ? "deferred 4.4.2 ! *" : "deferred 4.3.2 ! *";
            BOOST_TEST(brief(r.outcomes.at(0)) == texts({one, one}), boost::test_tools::per_element());
            BOOST_TEST(r.failed.has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(how_long_it_waits) {
    // RFC 5321 §4.5.3.2.
    auto s = with({to({"a@x.test"}, "")});
    relay::session session(s.settings);
    std::vector<std::string> waits;
    const auto note = [&] {
        while (auto a = session.next())
            if (std::holds_alternative<relay::read_content>(*a)) session.content_ended();
        const auto w = session.waits_for();
        waits.push_back(std::string(w.what) + " " + std::to_string(w.limit.count()));
    };
    note();
    session.receive("220 x\r\n");
    note();
    session.receive(ehlo());
    relay::mail wanted;
    wanted.entry = std::make_shared<queue::entry>(s.messages[0].entry);
    wanted.recipients = {0};
    session.begin(wanted);
    note();
    for (const char* reply : {"250 OK\r\n", "250 OK\r\n", "354 go\r\n"}) {
        session.receive(reply);
        note();
    }
    session.receive("250 OK\r\n");
    session.quit();
    note();
    const texts wanted_waits{"the greeting 300",      "the reply to EHLO 300", "the reply to MAIL 300",
                             "the reply to RCPT 300", "the reply to DATA 120", "the reply to the message 600",
                             "the reply to QUIT 20"};
    BOOST_TEST(waits == wanted_waits, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
