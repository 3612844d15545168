// After the login: STAT, LIST, UIDL, RETR, TOP, DELE, RSET, NOOP, QUIT; what is removed when, and what never
// is. RFC 1939 §5 to §8 and §11, RFC 6856 §2.1.
#include "reference/tests/pop3/dialog.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

BOOST_AUTO_TEST_SUITE(transaction)

namespace {

using namespace dialog;
using uids = std::vector<refmail::mailbox::uid>;

const std::string dotted = "Subject: dots\r\n\r\n.\r\n..two\r\nend.\r\n";

void check_left(const outcome& did, const uids& wanted) {
    BOOST_TEST(did.left() == wanted, boost::test_tools::per_element());
}

setup three() {
    return with({"1\r\n", "22\r\n", "333\r\n"});
}

} // namespace

BOOST_AUTO_TEST_CASE(an_empty_mailbox) {
    run_logged_in(with({}), {{"STAT\r\n", "+OK 0 0\r\n"},
                             {"LIST\r\n", "+OK 0 messages (0 octets)\r\n.\r\n"},
                             {"UIDL\r\n", "+OK unique-id listing follows\r\n.\r\n"},
                             {"LIST 1\r\n", "-ERR no such message\r\n"},
                             {"QUIT\r\n", "+OK mail.test POP3 server signing off, 0 messages left\r\n"}});
}

BOOST_AUTO_TEST_CASE(what_is_deleted_is_counted_no_more) {
    run_logged_in(three(), {{"STAT\r\n", "+OK 3 12\r\n"},
                            {"DELE 2\r\n", "+OK message 2 deleted\r\n"},
                            {"STAT\r\n", "+OK 2 8\r\n"},
                            {"LIST\r\n", "+OK 2 messages (8 octets)\r\n1 3\r\n3 5\r\n.\r\n"},
                            {"LIST 2\r\n", "-ERR message 2 is deleted\r\n"},
                            {"LIST 3\r\n", "+OK 3 5\r\n"},
                            {"UIDL\r\n", "+OK unique-id listing follows\r\n1 1001.1\r\n3 1001.3\r\n.\r\n"},
                            {"UIDL 2\r\n", "-ERR message 2 is deleted\r\n"},
                            {"RETR 2\r\n", "-ERR message 2 is deleted\r\n"},
                            {"TOP 2 0\r\n", "-ERR message 2 is deleted\r\n"},
                            {"DELE 2\r\n", "-ERR message 2 is deleted\r\n"},
                            {"RSET\r\n", "+OK 3 messages (12 octets)\r\n"},
                            {"STAT\r\n", "+OK 3 12\r\n"},
                            {"UIDL 2\r\n", "+OK 2 1001.2\r\n"}});
}

BOOST_AUTO_TEST_CASE(quit_removes_what_was_marked_and_nothing_else) {
    const auto did =
        run_logged_in(three(), {{"DELE 1\r\n", "+OK message 1 deleted\r\n"},
                                {"DELE 3\r\n", "+OK message 3 deleted\r\n"},
                                {"QUIT\r\n", "+OK mail.test POP3 server signing off, 1 messages left\r\n"}});
    check_left(did, {2});
    BOOST_TEST(did.closed);
    BOOST_TEST(did.account->at("INBOX").lock_exclusively().has_value());
}

BOOST_AUTO_TEST_CASE(any_other_end_removes_nothing) {
    for (const std::string end : {"<timeout>", "<gone>"}) {
        const auto did = run_logged_in(three(), {{"DELE 1\r\n", "+OK message 1 deleted\r\n"}, {end, ""}});
        check_left(did, {1, 2, 3});
        BOOST_TEST(did.closed);
        BOOST_TEST(did.account->at("INBOX").lock_exclusively().has_value());
    }
    const auto did =
        run_logged_in(three(), {{"DELE 1\r\n", "+OK message 1 deleted\r\n"},
                                {"<shutdown>", "-ERR [SYS/TEMP] shutting down, try again later\r\n"}});
    check_left(did, {1, 2, 3});
    BOOST_TEST(did.closed);
}

BOOST_AUTO_TEST_CASE(a_removal_that_failed_is_told) {
    auto s = three();
    std::string told;
    // The trouble begins after the login.
    pop3::session one(s.policy, {"id-1", false});
    mailbox_tests::memory_account who;
    who.at("INBOX").put("1\r\n");
    const auto feed = [&](std::string_view in) {
        one.receive(in);
        while (auto wanted = one.next()) {
            if (auto* sent = std::get_if<pop3::send>(&*wanted)) told = sent->octets;
            if (std::holds_alternative<pop3::verify_password>(*wanted))
                one.password_checked(pop3::password_verdict::good, {std::shared_ptr<void>(), &who});
            if (std::holds_alternative<pop3::work>(*wanted)) one.work();
        }
    };
    feed("USER alice\r\nPASS x\r\nDELE 1\r\n");
    who.at("INBOX").refuse_with(mailbox_tests::trouble{mailbox_tests::trouble::kind::no_space, "full"});
    feed("QUIT\r\n");
    BOOST_TEST(told == "-ERR [SYS/TEMP] some deleted messages were not removed\r\n");
    BOOST_TEST(one.closed());
    BOOST_TEST(who.at("INBOX").lock_exclusively().has_value());
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none) {
    for (const std::string bad : {"LIST 0", "LIST 4", "LIST 99999999999999999999999", "RETR 4", "DELE 0",
                                  "TOP 4 1", "UIDL 18446744073709551617"})
        run_logged_in(three(), {{bad + "\r\n", "-ERR no such message\r\n"}});
    for (const std::string bad :
         {"LIST x", "LIST -1", "LIST 1 2", "RETR", "RETR +1", "DELE", "DELE 1x", "UIDL 1,2"})
        run_logged_in(three(), {{bad + "\r\n", "-ERR a message number is needed\r\n"}});
    for (const std::string bad : {"TOP", "TOP 1", "TOP 1 -1", "TOP 1 x", "TOP 1 2 3", "TOP 1  2"})
        run_logged_in(three(), {{bad + "\r\n", "-ERR syntax: TOP message lines\r\n"}});
}

BOOST_AUTO_TEST_CASE(commands_without_arguments_take_none) {
    for (const std::string verb : {"STAT", "RSET", "NOOP", "CAPA", "QUIT"})
        run_logged_in(three(), {{verb + " 1\r\n", "-ERR " + verb + " takes no argument\r\n"}});
    run_logged_in(three(), {{"NOOP \r\n", "+OK nothing done\r\n"}});
}

BOOST_AUTO_TEST_CASE(retr_stuffs_dots_and_counts_none_of_them) {
    run_logged_in(with({dotted}),
                  {{"LIST 1\r\n", "+OK 1 33\r\n"},
                   {"RETR 1\r\n", "+OK 33 octets\r\nSubject: dots\r\n\r\n..\r\n...two\r\nend.\r\n.\r\n"}});
    run_logged_in(with({".first\r\n"}), {{"RETR 1\r\n", "+OK 8 octets\r\n..first\r\n.\r\n"}});
}

BOOST_AUTO_TEST_CASE(the_final_dot_stands_alone) {
    run_logged_in(with({"A: b\r\n\r\nno end of line"}),
                  {{"RETR 1\r\n", "+OK 22 octets\r\nA: b\r\n\r\nno end of line\r\n.\r\n"}});
    run_logged_in(with({""}), {{"RETR 1\r\n", "+OK 0 octets\r\n.\r\n"}});
}

// Clients that read lines by LF alone must not see the end of a message within it.
BOOST_AUTO_TEST_CASE(dots_behind_bare_line_feeds_are_stuffed_as_well) {
    run_logged_in(with({"A: b\r\n\r\nx\n.\r\n+OK 1 octets\n"}),
                  {{"RETR 1\r\n", "+OK 26 octets\r\nA: b\r\n\r\nx\n..\r\n+OK 1 octets\n\r\n.\r\n"}});
    run_logged_in(with({"A: b\n\nx\r\ny\r\n"}), {{"TOP 1 1\r\n", "+OK 9 octets\r\nA: b\n\nx\r\n.\r\n"}});
    run_logged_in(with({"A: b\n\n.x\r\n"}), {{"RETR 1\r\n", "+OK 10 octets\r\nA: b\n\n..x\r\n.\r\n"}});
}

BOOST_AUTO_TEST_CASE(top_gives_the_header_and_so_many_lines) {
    run_logged_in(with({dotted}),
                  {{"TOP 1 0\r\n", "+OK 17 octets\r\nSubject: dots\r\n\r\n.\r\n"},
                   {"TOP 1 1\r\n", "+OK 20 octets\r\nSubject: dots\r\n\r\n..\r\n.\r\n"},
                   {"TOP 1 99\r\n", "+OK 33 octets\r\nSubject: dots\r\n\r\n..\r\n...two\r\nend.\r\n.\r\n"},
                   {"TOP 1 99999999999999999999999\r\n",
                    "+OK 33 octets\r\nSubject: dots\r\n\r\n..\r\n...two\r\nend.\r\n.\r\n"}});
    // Nothing but a header; nothing but a body.
    run_logged_in(with({"A: b\r\n"}), {{"TOP 1 0\r\n", "+OK 6 octets\r\nA: b\r\n.\r\n"}});
    run_logged_in(with({"\r\nbody\r\nmore\r\n"}), {{"TOP 1 1\r\n", "+OK 8 octets\r\n\r\nbody\r\n.\r\n"}});
}

BOOST_AUTO_TEST_CASE(large_messages_come_in_slices_and_whole) {
    // Lines whose length is no divisor of a slice; each begins with a dot.
    std::string message = "Subject: large\r\n\r\n", wanted = message;
    for (int i = 0; i < 20'000; ++i) {
        const auto line = fmt::format(".line {}\r\n", i);
        message += line;
        wanted += "." + line;
    }
    run_logged_in(with({message}),
                  {{"RETR 1\r\n", fmt::format("+OK {} octets\r\n{}.\r\n", message.size(), wanted)}});
}

BOOST_AUTO_TEST_CASE(a_slice_is_no_more_than_it_must_be) {
    const auto s = with({});
    pop3::session one(s.policy, {"id-1", false});
    mailbox_tests::memory_account who;
    who.at("INBOX").put("A: b\r\n\r\n" + std::string(1'000'000, 'x'));
    one.receive("USER alice\r\nPASS x\r\nRETR 1\r\nNOOP\r\n");
    std::size_t largest = 0, works = 0;
    std::string last;
    while (auto wanted = one.next()) {
        if (auto* sent = std::get_if<pop3::send>(&*wanted)) {
            largest = std::max(largest, sent->octets.size());
            last = sent->octets;
        }
        if (std::holds_alternative<pop3::verify_password>(*wanted))
            one.password_checked(pop3::password_verdict::good, {std::shared_ptr<void>(), &who});
        if (std::holds_alternative<pop3::work>(*wanted)) {
            BOOST_TEST(!one.wants_input());
            one.work();
            ++works;
        }
    }
    BOOST_TEST(largest < 140'000u);
    BOOST_TEST(works > 10u);
    BOOST_TEST(last == "+OK nothing done\r\n");
}

BOOST_AUTO_TEST_CASE(what_vanished_meanwhile_is_told) {
    const auto did =
        run_logged_in(three(), {{"<reset alice>", ""},
                                {"STAT\r\n", "+OK 3 12\r\n"},
                                {"RETR 1\r\n", "-ERR [SYS/TEMP] the message is gone\r\n"},
                                {"RETR 2\r\n", "+OK 4 octets\r\n22\r\n.\r\n"},
                                {"DELE 1\r\n", "+OK message 1 deleted\r\n"},
                                {"QUIT\r\n", "+OK mail.test POP3 server signing off, 2 messages left\r\n"}});
    check_left(did, {2, 3});
}

BOOST_AUTO_TEST_CASE(new_mail_is_for_the_next_session) {
    auto s = three();
    const auto did = run_logged_in(s, {{"STAT\r\n", "+OK 3 12\r\n"}});
    did.account->at("INBOX").put("4444\r\n");
    BOOST_TEST(did.left().size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_header_in_utf8_is_for_utf8_mode) {
    const std::string message = "Subject: gr\xC3\xBC\xC3\x9F\r\n\r\nbody\r\n";
    const std::string refused = "-ERR [UTF8] the message has a header in UTF-8, issue UTF8 first\r\n";
    run_logged_in(with({message}), {{"LIST 1\r\n", "+OK 1 25\r\n"},
                                    {"RETR 1\r\n", refused},
                                    {"TOP 1 0\r\n", refused},
                                    {"NOOP\r\n", "+OK nothing done\r\n"}});
    run(with({message}),
        {{"", "+OK mail.test POP3 server ready\r\n"},
         {"UTF8 now\r\n", "-ERR UTF8 takes no argument\r\n"},
         {"UTF8\r\n", "+OK UTF-8 mode\r\n"},
         {"USER alice\r\nPASS alice-pw\r\n", "+OK now the password\r\n+OK 1 messages, 25 octets\r\n"},
         {"RETR 1\r\n", "+OK 25 octets\r\n" + message + ".\r\n"}});
    // A body is MIME's affair.
    const std::string eight_bit = "Subject: x\r\n\r\ngr\xC3\xBC\r\n";
    run_logged_in(with({eight_bit}), {{"RETR 1\r\n", "+OK 20 octets\r\n" + eight_bit + ".\r\n"}});
}

BOOST_AUTO_TEST_CASE(a_header_in_no_charset_is_masked_octet_for_octet) {
    run_logged_in(with({"Subject: gr\xFC\xDF\r\n\r\n\xFC\r\n"}),
                  {{"LIST 1\r\n", "+OK 1 20\r\n"},
                   {"RETR 1\r\n", "+OK 20 octets\r\nSubject: gr??\r\n\r\n\xFC\r\n.\r\n"}});
}

BOOST_AUTO_TEST_CASE(listings_of_many_messages_are_whole) {
    std::vector<std::string> messages(20'000, "x\r\n");
    std::string wanted = "+OK 20000 messages (60000 octets)\r\n";
    for (int i = 1; i <= 20'000; ++i)
        wanted += fmt::format("{} 3\r\n", i);
    run_logged_in(with(messages), {{"LIST\r\nNOOP\r\n", wanted + ".\r\n+OK nothing done\r\n"}});
}

BOOST_AUTO_TEST_SUITE_END()
