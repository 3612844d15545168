// One session from the greeting to QUIT, without and with PIPELINING. RFC 5321 §3, §4; RFC 2920.
// Expectations are literals.
#include "reference/tests/relay/dialog.hpp"

#include <boost/test/unit_test.hpp>

using namespace dialog;
using texts = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(whole_session)

namespace {

void same(const std::vector<std::string>& got, const std::vector<std::string>& wanted) {
    BOOST_TEST(got == wanted, boost::test_tools::per_element());
}

} // namespace

BOOST_AUTO_TEST_CASE(one_by_one) {
    const auto r = run(with({to({"ann@there.test", "bob@there.test"})}),
                       opened({}, "MAIL FROM:<joe@here.test>\r\n",
                              {{"250 OK\r\n", "RCPT TO:<ann@there.test>\r\n"},
                               {"250 OK\r\n", "RCPT TO:<bob@there.test>\r\n"},
                               {"251 will forward\r\n", "DATA\r\n"},
                               {"354 go\r\n", "Subject: x\r\n\r\nHello.\r\n.\r\n"},
                               {"250 2.6.0 taken as 17\r\n", "QUIT\r\n"},
                               {"221 bye\r\n", ""}}));
    BOOST_REQUIRE(r.outcomes.size() == 1u);
    same(brief(r.outcomes[0]), {"relayed 2.6.0", "relayed 2.6.0"});
    BOOST_TEST(r.outcomes[0][0].reply == "250 2.6.0 taken as 17");
    BOOST_TEST(r.outcomes[0][0].host == "mx.test");
    BOOST_TEST(r.outcomes[0][0].address == "127.0.0.2:25");
    BOOST_TEST(r.closed);
    BOOST_TEST(!r.failed);
}

BOOST_AUTO_TEST_CASE(in_one_group) {
    const auto r =
        run(with({to({"ann@there.test", "bob@there.test"})}),
            opened({"PIPELINING"},
                   "MAIL FROM:<joe@here.test>\r\nRCPT TO:<ann@there.test>\r\nRCPT TO:<bob@there.test>\r\n"
                   "DATA\r\n",
                   {{"250 OK\r\n250 OK\r\n550 5.1.1 nobody\r\n", ""},
                    {"354 go\r\n", "Subject: x\r\n\r\nHello.\r\n.\r\n"},
                    {"250 OK\r\n", "QUIT\r\n"},
                    {"221 bye\r\n", ""}}));
    BOOST_REQUIRE(r.outcomes.size() == 1u);
    same(brief(r.outcomes[0]), {"relayed 2.0.0", "failed 5.1.1"});
    BOOST_TEST(r.outcomes[0][1].reply == "550 5.1.1 nobody");
}

BOOST_AUTO_TEST_CASE(several_messages) {
    const auto r = run(with({to({"ann@there.test"}), to({"bob@there.test"})}),
                       opened({}, "MAIL FROM:<joe@here.test>\r\n",
                              {{"250 OK\r\n", "RCPT TO:<ann@there.test>\r\n"},
                               {"250 OK\r\n", "DATA\r\n"},
                               {"354 go\r\n", "Subject: x\r\n\r\nHello.\r\n.\r\n"},
                               {"250 OK\r\n", "MAIL FROM:<joe@here.test>\r\n"},
                               {"250 OK\r\n", "RCPT TO:<bob@there.test>\r\n"},
                               {"250 OK\r\n", "DATA\r\n"},
                               {"354 go\r\n", "Subject: x\r\n\r\nHello.\r\n.\r\n"},
                               {"450 later\r\n", "QUIT\r\n"},
                               {"221 bye\r\n", ""}}));
    BOOST_REQUIRE(r.outcomes.size() == 2u);
    same(brief(r.outcomes[0]), {"relayed 2.0.0"});
    same(brief(r.outcomes[1]), {"deferred 4.0.0"});
}

BOOST_AUTO_TEST_SUITE_END()
