// FETCH and UID FETCH: RFC 9051 §6.4.5, §7.5.2; RFC 3516; RFC 7162 §3.1.4, §3.2.4, §3.2.6; RFC 2180 §4.1.
#include "reference/tests/imap/selected_dialog.hpp"

#include <boost/test/unit_test.hpp>

using namespace imap_tests;

namespace {

constexpr mailbox::flag_set seen = mailbox::flag::seen, flagged = mailbox::flag::flagged,
                            deleted = mailbox::flag::deleted;

const std::string plain = "From: Anna <anna@a.test>\r\n"
                          "To: bert@b.test\r\n"
                          "Subject: Lunch\r\n"
                          "Date: Wed, 17 Jul 1996 02:23:25 -0700\r\n"
                          "Message-ID: <1@a.test>\r\n"
                          "\r\n"
                          "At noon?\r\n";

struct one_message {
    memory_account account;
    one_message() { account.at("INBOX").put(plain, 0, 837596665, -420); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(imap_fetch)

BOOST_FIXTURE_TEST_CASE(known_items_come_without_opening_the_message, one_message) {
    selected_dialog client(account);
    BOOST_TEST(client.run("FETCH 1 (FLAGS UID INTERNALDATE RFC822.SIZE)") ==
               "* 1 FETCH (FLAGS (\\Recent) UID 1 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" "
               "RFC822.SIZE 153)\r\na OK FETCH completed\r\n");
    BOOST_TEST(client.run("FETCH 1 FAST") ==
               "* 1 FETCH (FLAGS (\\Recent) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" "
               "RFC822.SIZE 153)\r\na OK FETCH completed\r\n");
    BOOST_TEST(account.at("INBOX").opened == 0);
}

BOOST_AUTO_TEST_SUITE_END()
