// Before the content: which parameters go to which host, groups, recipients of every fate, what is not sent
// at all. RFC 5321 §4.1.1, §4.5.3.1.10; RFC 1870, 2920, 3461 §5.2, 6152, 6531, 8689, 4954 §5.
#include "reference/tests/relay/dialog.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace dialog;
using texts = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(envelope)

namespace {

void same(const texts& got, const texts& wanted) {
    BOOST_TEST(got == wanted, boost::test_tools::per_element());
}

// What MAIL and the RCPTs look like to a host that offers this.
std::string commands(const message& m, std::vector<std::string> keywords) {
    keywords.push_back("PIPELINING");
    auto s = with({m});
    std::string seen;
    relay::session session(s.settings);
    const auto drain = [&] {
        seen.clear();
        while (auto a = session.next())
            if (auto* sent = std::get_if<relay::send>(&*a)) seen += sent->octets;
    };
    session.receive("220 x\r\n");
    session.receive(ehlo(keywords));
    relay::mail wanted;
    wanted.entry = std::make_shared<queue::entry>(m.entry);
    for (std::size_t i = 0; i < m.entry.recipients.size(); ++i)
        wanted.recipients.push_back(i);
    drain();
    session.begin(wanted);
    drain();
    if (seen.empty()) { // its header is looked at first
        session.content(m.content);
        drain();
    }
    return seen;
}

message dsn_message() {
    auto m = to({"ann@there.test", "bob@there.test"});
    m.entry.ret = queue::entry::ret::headers;
    m.entry.envelope_id = "a+2Bb+20c+41"; // as it came: RFC 3461 §5.2.1
    m.entry.recipients[0].notify = {true, false, true, true, false};
    m.entry.recipients[0].original_type = "rfc822";
    m.entry.recipients[0].original = "Ann+2Bx@old.test";
    m.entry.recipients[1].notify.given = m.entry.recipients[1].notify.never = true;
    return m;
}

} // namespace

BOOST_AUTO_TEST_CASE(no_parameter_that_was_not_offered) {
    auto m = dsn_message();
    m.entry.submitter = "joe@here.test";
    m.entry.body = queue::entry::body::eight_bit_mime;
    BOOST_TEST(commands(m, {}) == "MAIL FROM:<joe@here.test>\r\nRCPT TO:<ann@there.test>\r\n"
                                  "RCPT TO:<bob@there.test>\r\nDATA\r\n");
}

BOOST_AUTO_TEST_CASE(dsn) {
    BOOST_TEST(commands(dsn_message(), {"DSN"}) ==
               "MAIL FROM:<joe@here.test> RET=HDRS ENVID=a+2Bb+20c+41\r\n"
               "RCPT TO:<ann@there.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Ann+2Bx@old.test\r\n"
               "RCPT TO:<bob@there.test> NOTIFY=NEVER\r\nDATA\r\n");
    // RFC 3461 §5.2.1: nothing is added that was not received.
    BOOST_TEST(commands(to({"ann@there.test"}), {"DSN"}) ==
               "MAIL FROM:<joe@here.test>\r\nRCPT TO:<ann@there.test>\r\nDATA\r\n");
    auto m = to({"ann@there.test"});
    m.entry.ret = queue::entry::ret::full;
    m.entry.recipients[0].notify = {true, false, false, false, true};
    BOOST_TEST(commands(m, {"DSN"}) == "MAIL FROM:<joe@here.test> RET=FULL\r\n"
                                       "RCPT TO:<ann@there.test> NOTIFY=DELAY\r\nDATA\r\n");
}

BOOST_AUTO_TEST_CASE(size_and_body) {
    auto m = to({"ann@there.test"});
    BOOST_TEST(commands(m, {"SIZE 1000"}).starts_with("MAIL FROM:<joe@here.test> SIZE=22\r\n"));
    BOOST_TEST(commands(m, {"8BITMIME"}).starts_with("MAIL FROM:<joe@here.test>\r\n"));
    m.entry.body = queue::entry::body::seven_bit;
    BOOST_TEST(commands(m, {"8BITMIME"}).starts_with("MAIL FROM:<joe@here.test> BODY=7BIT\r\n"));
    m.entry.body = queue::entry::body::eight_bit_mime;
    BOOST_TEST(commands(m, {"8bitmime"}).starts_with("MAIL FROM:<joe@here.test> BODY=8BITMIME\r\n"));
    m = to({"ann@there.test"}, "MIME-Version: 1.0\r\n\r\n\xff\r\n");
    BOOST_TEST(commands(m, {"8BITMIME"}).starts_with("MAIL FROM:<joe@here.test> BODY=8BITMIME\r\n"));
    m.entry.body = queue::entry::body::binary_mime;
    BOOST_TEST(commands(m, {"8BITMIME", "BINARYMIME", "CHUNKING"}) ==
               "MAIL FROM:<joe@here.test> BODY=BINARYMIME\r\nRCPT TO:<ann@there.test>\r\n");
}

BOOST_AUTO_TEST_CASE(submitter) {
    auto m = to({"ann@there.test"});
    m.entry.submitter = "e+mc2@example.test";
    BOOST_TEST(
        commands(m, {"AUTH PLAIN"}).starts_with("MAIL FROM:<joe@here.test> AUTH=e+2Bmc2@example.test\r\n"));
    m.entry.submitter = "<>";
    BOOST_TEST(commands(m, {"AUTH PLAIN"}).starts_with("MAIL FROM:<joe@here.test> AUTH=<>\r\n"));
    m.entry.submitter.clear();
    BOOST_TEST(commands(m, {"AUTH PLAIN"}).starts_with("MAIL FROM:<joe@here.test>\r\n"));
}

BOOST_AUTO_TEST_CASE(utf8) {
    auto m = to({"gr\xc3\xbc\xc3\x9f@there.test", "ann@there.test"});
    m.entry.smtputf8 = true;
    m.entry.recipients[1].original_type = "utf-8";
    m.entry.recipients[1].original = "\xc3\xbc@old.test";
    BOOST_TEST(commands(m, {"SMTPUTF8", "8BITMIME", "DSN"}) ==
               "MAIL FROM:<joe@here.test> SMTPUTF8\r\nRCPT TO:<gr\xc3\xbc\xc3\x9f@there.test>\r\n"
               "RCPT TO:<ann@there.test> ORCPT=utf-8;\xc3\xbc@old.test\r\nDATA\r\n");
    // RFC 6531 §3.4: not where nothing needs it.
    auto plain = to({"ann@there.test"});
    plain.entry.smtputf8 = true;
    BOOST_TEST(commands(plain, {"SMTPUTF8", "8BITMIME"}) ==
               "MAIL FROM:<joe@here.test>\r\nRCPT TO:<ann@there.test>\r\nDATA\r\n");
    plain.entry.sender = "j\xc3\xb6@here.test";
    BOOST_TEST(commands(plain, {"SMTPUTF8", "8BITMIME"})
                   .starts_with("MAIL FROM:<j\xc3\xb6@here.test> SMTPUTF8\r\n"));
    // Only who can be reached without it, and only if the header allows.
    m.content = "Subject: x\r\n\r\n\r\n";
    auto r =
        run(with({m}), opened({"DSN"}, "MAIL FROM:<joe@here.test>\r\n",
                              {{"250 OK\r\n", "RCPT TO:<ann@there.test> ORCPT=utf-8;\\x{FC}@old.test\r\n"},
                               {"250 OK\r\n", "DATA\r\n"},
                               {"354 OK\r\n", "Subject: x\r\n\r\n\r\n.\r\n"},
                               {"250 OK\r\n", "QUIT\r\n"}}));
    same(brief(r.outcomes.at(0)), {"failed 5.6.7", "delivered 2.0.0"});
    m.content = "Subject: \xc3\xbc\r\n\r\n\r\n";
    m.entry.has_eight_bit = true;
    r = run(with({m}), opened({"8BITMIME"}, "QUIT\r\n"));
    same(brief(r.outcomes.at(0)), {"failed 5.6.7", "failed 5.6.9"});
    m.entry.sender = "gr\xc3\xbc\xc3\x9f@here.test";
    r = run(with({m}), opened({"8BITMIME"}, "QUIT\r\n"));
    same(brief(r.outcomes.at(0)), {"failed 5.6.7", "failed 5.6.7"});
}

BOOST_AUTO_TEST_CASE(domains_in_a_labels_for_hosts_without_smtputf8) {
    auto m = to({"ann@gr\xc3\xbc\xc3\x9f.test", "\xc3\xbc@gr\xc3\xbc\xc3\x9f.test"}, "Subject: x\r\n\r\n");
    m.entry.smtputf8 = true;
    m.entry.sender = "joe@gr\xc3\xbc\xc3\x9f.test";
    auto s = with({m});
    s.settings.to_ascii = [](std::string_view) { return "xn--gr-hia.test"; };
    const auto r = run(s, opened({"8BITMIME"}, "MAIL FROM:<joe@xn--gr-hia.test>\r\n",
                                 {{"250 OK\r\n", "RCPT TO:<ann@xn--gr-hia.test>\r\n"},
                                  {"250 OK\r\n", "DATA\r\n"},
                                  {"354 OK\r\n", "Subject: x\r\n\r\n.\r\n"},
                                  {"250 OK\r\n", "QUIT\r\n"}}));
    same(brief(r.outcomes.at(0)), {"relayed 2.0.0", "failed 5.6.7"});
    s.settings.to_ascii = [](std::string_view) { return std::nullopt; };
    same(brief(run(s, opened({}, "QUIT\r\n")).outcomes.at(0)), {"failed 5.6.7", "failed 5.6.7"});
}

BOOST_AUTO_TEST_CASE(null_sender_and_odd_addresses) {
    auto m = to({"\"a b\"@there.test", "x\r\nDATA\r\n@there.test"});
    m.entry.sender = "";
    const auto r = run(with({m}), opened({}, "MAIL FROM:<>\r\n",
                                         {{"250 OK\r\n", "RCPT TO:<\"a b\"@there.test>\r\n"},
                                          {"250 OK\r\n", "DATA\r\n"},
                                          {"354 OK\r\n", "Subject: x\r\n\r\nHello.\r\n.\r\n"},
                                          {"250 OK\r\n", "QUIT\r\n"}}));
    same(brief(r.outcomes.at(0)), {"relayed 2.0.0", "failed 5.1.3"});
    m.entry.sender = "a\r\nRSET@b.test";
    same(brief(run(with({m}), opened({}, "QUIT\r\n")).outcomes.at(0)), {"failed 5.1.7", "failed 5.1.7"});
}

BOOST_AUTO_TEST_CASE(larger_than_the_host_takes) {
    auto m = to({"ann@there.test"});
    auto r = run(with({m, m}), opened({"SIZE 21"}, "QUIT\r\n"));
    same(brief(r.outcomes.at(0)), {"failed 5.3.4"});
    BOOST_TEST(r.outcomes.at(0)[0].why == "the message has 22 octets, the host takes 21");
    BOOST_TEST(r.outcomes.size() == 2u);
    for (const char* enough : {"SIZE 22", "SIZE 0", "SIZE"})
        run(with({m}), opened({enough}, "MAIL FROM:<joe@here.test> SIZE=22\r\n"));
}

BOOST_AUTO_TEST_CASE(mail_refused) {
    for (const auto& [reply, outcome] : {std::pair{"451 4.7.1 later\r\n", "deferred 4.7.1"},
                                         std::pair{"552 5.3.4 too much\r\n", "failed 5.3.4"}}) {
        // RFC 1870 §6.2: RSET or QUIT comes next.
        const auto r = run(with({to({"a@x.test", "b@x.test"}), to({"c@x.test"})}),
                           opened({}, "MAIL FROM:<joe@here.test>\r\n",
                                  {{reply, "RSET\r\n"},
                                   {"250 OK\r\n", "MAIL FROM:<joe@here.test>\r\n"},
                                   {"250 OK\r\n", "RCPT TO:<c@x.test>\r\n"},
                                   {"250 OK\r\n", "DATA\r\n"}}));
        same(brief(r.outcomes.at(0)), {outcome, outcome});
    }
    const auto r = run(with({to({"a@x.test"})}),
                       opened({"PIPELINING"}, "MAIL FROM:<joe@here.test>\r\nRCPT TO:<a@x.test>\r\nDATA\r\n",
                              {{"550 5.7.1 no\r\n503 bad sequence\r\n503 bad sequence\r\n", "QUIT\r\n"}}));
    same(brief(r.outcomes.at(0)), {"failed 5.7.1"});
    BOOST_TEST(r.outcomes.at(0)[0].reply == "550 5.7.1 no");
}

BOOST_AUTO_TEST_CASE(all_recipients_refused) {
    auto r = run(with({to({"a@x.test", "b@x.test"}), to({"c@x.test"})}),
                 opened({}, "MAIL FROM:<joe@here.test>\r\n",
                        {{"250 OK\r\n", "RCPT TO:<a@x.test>\r\n"},
                         {"550 5.1.1 no\r\n", "RCPT TO:<b@x.test>\r\n"},
                         {"450 4.2.0 later\r\n", "RSET\r\n"},
                         {"250 OK\r\n", "MAIL FROM:<joe@here.test>\r\n"}}));
    same(brief(r.outcomes.at(0)), {"failed 5.1.1", "deferred 4.2.0"});
    const std::string group = "MAIL FROM:<joe@here.test>\r\nRCPT TO:<a@x.test>\r\nDATA\r\n";
    // RFC 2920 §3.1: DATA was refused as well: RSET, here before the next message.
    r = run(with({to({"a@x.test"}), to({"a@x.test"})}),
            opened({"PIPELINING"}, group,
                   {{"250 OK\r\n550 no\r\n", ""}, {"554 nobody\r\n", "RSET\r\n" + group}}));
    // DATA was taken: a single dot, and its reply, whatever it is.
    for (const char* reply : {"250 what\r\n", "554 no recipients\r\n"}) {
        r = run(with({to({"a@x.test"})}),
                opened({"PIPELINING"}, group,
                       {{"250 OK\r\n550 5.1.1 no\r\n354 go\r\n", ".\r\n"}, {reply, "QUIT\r\n"}}));
        same(brief(r.outcomes.at(0)), {"failed 5.1.1"});
    }
}

BOOST_AUTO_TEST_CASE(a_host_out_of_step_gets_no_message) {
    const auto r = run(with({to({"a@x.test"})}),
                       opened({"PIPELINING"}, "MAIL FROM:<joe@here.test>\r\nRCPT TO:<a@x.test>\r\nDATA\r\n",
                              {{"550 no\r\n250 OK\r\n354 go\r\n", ""}}));
    same(brief(r.outcomes.at(0)), {"failed 5.0.0"});
    BOOST_TEST(r.closed);
}

BOOST_AUTO_TEST_CASE(too_many_recipients_go_in_a_further_transaction) {
    for (const char* code : {"452", "452 4.5.3", "552", "552 5.5.3"}) {
        const auto r = run(with({to({"a@x.test", "b@x.test", "c@x.test"})}),
                           opened({}, "MAIL FROM:<joe@here.test>\r\n",
                                  {{"250 OK\r\n", "RCPT TO:<a@x.test>\r\n"},
                                   {"250 OK\r\n", "RCPT TO:<b@x.test>\r\n"},
                                   {std::string(code) + " too many\r\n", "RCPT TO:<c@x.test>\r\n"},
                                   {std::string(code) + " too many\r\n", "DATA\r\n"},
                                   {"354 go\r\n", "Subject: x\r\n\r\nHello.\r\n.\r\n"},
                                   {"250 one\r\n", "MAIL FROM:<joe@here.test>\r\n"},
                                   {"250 OK\r\n", "RCPT TO:<b@x.test>\r\n"},
                                   {"250 OK\r\n", "RCPT TO:<c@x.test>\r\n"},
                                   {"552 too large for c\r\n", "DATA\r\n"},
                                   {"354 go\r\n", "Subject: x\r\n\r\nHello.\r\n.\r\n"},
                                   {"250 two\r\n", "MAIL FROM:<joe@here.test>\r\n"},
                                   {"250 OK\r\n", "RCPT TO:<c@x.test>\r\n"},
                                   {"552 too large for c\r\n", "QUIT\r\n"}}));
        same(brief(r.outcomes.at(0)), {"relayed 2.0.0", "relayed 2.0.0", "failed 5.2.2"});
        BOOST_TEST(r.outcomes.at(0)[1].reply == "250 two");
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_too_many) {
    // The first one of a transaction; a mailbox that is full; and when the message itself is refused.
    const auto r = run(with({to({"a@x.test", "b@x.test", "c@x.test", "d@x.test"})}),
                       opened({}, "MAIL FROM:<joe@here.test>\r\n",
                              {{"250 OK\r\n", "RCPT TO:<a@x.test>\r\n"},
                               {"452 4.5.3 too many\r\n", "RCPT TO:<b@x.test>\r\n"},
                               {"250 OK\r\n", "RCPT TO:<c@x.test>\r\n"},
                               {"552 5.2.2 full\r\n", "RCPT TO:<d@x.test>\r\n"},
                               {"452 too many\r\n", "DATA\r\n"},
                               {"354 go\r\n", "Subject: x\r\n\r\nHello.\r\n.\r\n"},
                               {"451 4.3.0 hm\r\n", "QUIT\r\n"}}));
    same(brief(r.outcomes.at(0)), {"deferred 4.5.3", "deferred 4.3.0", "failed 5.2.2", "deferred 4.5.3"});
}

BOOST_AUTO_TEST_CASE(our_own_limit_on_recipients) {
    auto s = with({to({"a@x.test", "b@x.test", "c@x.test"})});
    s.settings.recipients = 2;
    const auto r =
        run(s, opened({"PIPELINING"},
                      "MAIL FROM:<joe@here.test>\r\nRCPT TO:<a@x.test>\r\nRCPT TO:<b@x.test>\r\nDATA\r\n",
                      {{"250 OK\r\n550 no\r\n550 no\r\n503 no\r\n",
                        "RSET\r\nMAIL FROM:<joe@here.test>\r\nRCPT TO:<c@x.test>\r\nDATA\r\n"},
                       {"250 OK\r\n250 OK\r\n250 OK\r\n354 go\r\n", "Subject: x\r\n\r\nHello.\r\n.\r\n"},
                       {"250 OK\r\n", "QUIT\r\n"}}));
    same(brief(r.outcomes.at(0)), {"failed 5.1.0", "failed 5.1.0", "relayed 2.0.0"});
}

BOOST_AUTO_TEST_CASE(groups_stay_within_what_fits) {
    std::vector<std::string> many;
    for (int i = 0; i < 1000; ++i)
        many.push_back("recipient-number-" + std::to_string(i) + "@there.test");
    const auto m = to(many);
    relay::session session(with({m}).settings);
    session.receive("220 x\r\n");
    session.receive(ehlo({"PIPELINING"}));
    relay::mail wanted;
    wanted.entry = std::make_shared<queue::entry>(m.entry);
    for (std::size_t i = 0; i < many.size(); ++i)
        wanted.recipients.push_back(i);
    session.begin(wanted);
    std::size_t commands = 0, groups = 0;
    bool with_data = false;
    while (!with_data) {
        std::size_t lines = 0;
        while (auto a = session.next()) {
            auto* sent = std::get_if<relay::send>(&*a);
            if (!sent || sent->octets.starts_with("EHLO")) continue;
            BOOST_TEST(sent->octets.size() <= 16 * 1024 + 512);
            lines = static_cast<std::size_t>(std::count(sent->octets.begin(), sent->octets.end(), '\n'));
            with_data = sent->octets.ends_with("DATA\r\n");
        }
        BOOST_REQUIRE(lines > 0);
        commands += lines;
        ++groups;
        if (with_data) break;
        for (std::size_t i = 0; i < lines; ++i)
            session.receive("250 OK\r\n");
    }
    BOOST_TEST(commands == 1002u);
    BOOST_TEST(groups == 3u);
}

BOOST_AUTO_TEST_CASE(require_tls) {
    auto m = to({"a@x.test"});
    m.entry.require_tls = true;
    auto r = run(with({m}), opened({"REQUIRETLS"}, "QUIT\r\n"));
    same(brief(r.outcomes.at(0)), {"failed 5.7.10 *"});
    const auto inside = [&](const char* event, const char* keyword, std::string next) {
        std::vector<turn> script =
            opened({"STARTTLS"}, "STARTTLS\r\n",
                   {{"220 go\r\n", ""}, {event, "EHLO c.test\r\n"}, {ehlo({keyword}), std::move(next)}});
        return run(with({m}), script);
    };
    same(brief(inside("!tls", "REQUIRETLS", "QUIT\r\n").outcomes.at(0)), {"failed 5.7.10 *"});
    same(brief(inside("!tls verified", "HELP", "QUIT\r\n").outcomes.at(0)), {"failed 5.7.30 *"});
    inside("!tls verified", "REQUIRETLS", "MAIL FROM:<joe@here.test> REQUIRETLS\r\n");
    m.entry.sender = ""; // RFC 8689 §5: a notice is not dropped for lack of the extension
    inside("!tls verified", "HELP", "MAIL FROM:<>\r\n");
    m.entry.require_tls = false;
    inside("!tls verified", "REQUIRETLS", "MAIL FROM:<>\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
