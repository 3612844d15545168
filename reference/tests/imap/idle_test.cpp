// IDLE, and mailboxes that change under a session: RFC 9051 §6.3.13, §5.2, RFC 2177. Expectations are
// literals.
#include "reference/tests/imap/dialog.hpp"

#include <boost/test/unit_test.hpp>

using namespace imap_tests;

BOOST_AUTO_TEST_SUITE(idle)

namespace {

void deliver(memory_account& a) {
    put(a, "INBOX", {"new"});
}

void flag_first(memory_account& a) {
    auto& inbox = a.at("INBOX");
    const std::vector<mailbox::uid> first{1};
    BOOST_REQUIRE(inbox.store_flags(first, {mailbox::flag_change::how::add, mailbox::flag::seen, {}}));
}

void expunge_first(memory_account& a) {
    const std::vector<mailbox::uid> first{1};
    BOOST_REQUIRE(a.at("INBOX").expunge(first, true));
}

setup with_mail() {
    auto s = logged_in();
    s.account = [](memory_account& a) { put(a, "INBOX", {"one", "two"}); };
    return s;
}

} // namespace

BOOST_AUTO_TEST_CASE(changes_are_told_as_they_come) {
    run(with_mail(), {{"a SELECT INBOX\r\n", "*"},
                      {"b IDLE\r\n", "+ idling\r\n"},
                      {"", "* 3 EXISTS\r\n* 3 RECENT\r\n", deliver},
                      {"", "* 1 FETCH (FLAGS (\\Seen \\Recent))\r\n", flag_first},
                      {"", "* 1 EXPUNGE\r\n* 2 RECENT\r\n", expunge_first},
                      {"done\r\n", "b OK IDLE done\r\n"},
                      {"c NOOP\r\n", "* 3 EXISTS\r\n* 3 RECENT\r\nc OK NOOP done\r\n", deliver}});
}

BOOST_AUTO_TEST_CASE(what_happened_before_it_is_told_at_once) {
    run(with_mail(), {{"a SELECT INBOX\r\n", "*"},
                      {"b IDLE\r\n", "+ idling\r\n* 3 EXISTS\r\n* 3 RECENT\r\n", deliver},
                      {"DONE\r\nc NOOP\r\n", "b OK IDLE done\r\nc OK NOOP done\r\n"}});
}

BOOST_AUTO_TEST_CASE(nothing_but_done_ends_it) {
    const std::string only = " BAD Only DONE ends IDLE: send no command before it\r\n";
    run(with_mail(),
        {{"a SELECT INBOX\r\n", "*"},
         {"b IDLE\r\n", "+ idling\r\n"},
         {"c NOOP\r\n", "b" + only},
         {"d NOOP\r\n", "d OK NOOP done\r\n"},
         {"e IDLE\r\n", "+ idling\r\n"},
         {"\r\n", "e" + only},
         {"f IDLE\r\n", "+ idling\r\n"},
         {std::string(20'000, 'x') + "\r\n", "f" + only},
         {"g IDLE now\r\n", "g BAD IDLE: expected the end of the command (at octet 7 of the command)\r\n"}});
}

BOOST_AUTO_TEST_CASE(without_a_mailbox_there_is_nothing_to_tell) {
    run(logged_in(), {{"a IDLE\r\n", "+ idling\r\n"}, {"", "", deliver}, {"DONE\r\n", "a OK IDLE done\r\n"}});
    run(on_tls(), {{"", "*"}, {"a IDLE\r\n", "a BAD IDLE comes after the login\r\n"}});
}

BOOST_AUTO_TEST_CASE(the_mailbox_may_go_away) {
    const auto o = run(logged_in(), {{"a CREATE x\r\n", "*"},
                                     {"b SELECT x\r\n", "*"},
                                     {"c IDLE\r\n", "+ idling\r\n"},
                                     {"", "* BYE [NONEXISTENT] The selected mailbox was deleted\r\n",
                                      [](memory_account& a) { BOOST_REQUIRE(a.remove("x")); }}});
    BOOST_TEST(o.closed);
}

BOOST_AUTO_TEST_CASE(select_and_leave) {
    run(with_mail(),
        {{"a SELECT nowhere\r\n", "a NO [NONEXISTENT] There is no such mailbox\r\n"},
         {"b SELECT INBOX\r\n", "*"},
         {"c SELECT nowhere\r\n", "* OK [CLOSED] The mailbox that was selected is closed\r\n"
                                  "c NO [NONEXISTENT] There is no such mailbox\r\n"},
         {"d CHECK\r\n", "d BAD CHECK needs a selected mailbox\r\n"},
         {"e SELECT INBOX\r\n", "*"},
         {"f STORE 1 +FLAGS.SILENT (\\Deleted)\r\n", "*"},
         {"g UNSELECT\r\n", "g OK UNSELECT done\r\n"},
         {"h STATUS INBOX (MESSAGES DELETED)\r\n",
          "* STATUS INBOX (MESSAGES 2 DELETED 1)\r\nh OK STATUS done\r\n"},
         {"i EXAMINE INBOX\r\n", "*"},
         {"j CLOSE\r\n", "j OK CLOSE done\r\n"},
         {"k STATUS INBOX (MESSAGES)\r\n", "* STATUS INBOX (MESSAGES 2)\r\nk OK STATUS done\r\n"},
         {"l SELECT INBOX\r\n", "*"},
         {"m CLOSE\r\n", "m OK CLOSE done\r\n"},
         {"n STATUS INBOX (MESSAGES)\r\n", "* STATUS INBOX (MESSAGES 1)\r\nn OK STATUS done\r\n"},
         {"o SELECT \"\"\r\n", "o NO [NONEXISTENT] There is no such mailbox\r\n"},
         {"p SELECT\r\n", "p BAD SELECT: expected a space (at octet 9 of the command)\r\n"},
         {"q ENABLE IMAP4rev2\r\n", "*"},
         {"r EXAMINE INBOX\r\n", "*"}});
}

BOOST_AUTO_TEST_SUITE_END()
