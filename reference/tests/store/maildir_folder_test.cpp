// Mailboxes on the disk: what is appended, stored, expunged, copied and moved is there, also after a restart,
// and has the right names for other programs. RFC 9051 §2.3, §6.4; RFC 7162.
#include "reference/tests/store/mail_account.hpp"

using namespace store_tests;

BOOST_FIXTURE_TEST_SUITE(mailboxes_on_disk, mail_account)

BOOST_AUTO_TEST_CASE(an_appended_message_is_there_after_a_restart) {
    auto one = message("one", flag::seen | flag::flagged);
    one.keywords = {"$Forwarded"};
    one.zone = 60;
    BOOST_TEST(append("INBOX", {one, message("two")}) == (uids{1, 2}), boost::test_tools::per_element());
    const auto before = box()->records();
    const auto validity = box()->facts().uid_validity;
    restart();
    auto inbox = box();
    BOOST_TEST((inbox->records() == before));
    BOOST_TEST(inbox->facts().uid_validity == validity);
    BOOST_TEST(inbox->facts().uid_next == 3u);
    BOOST_TEST(inbox->facts().messages == 2u);
    BOOST_TEST(inbox->facts().unseen == 1u);
    BOOST_TEST(octets(*inbox, 1) == "Subject: one\r\n\r\none\r\n");
    BOOST_TEST(before[0].octets == 21u);
    BOOST_TEST(before[0].received == 1'700'000'000);
    BOOST_TEST(before[0].zone == 60);
    BOOST_TEST(before[0].flags == (flag::seen | flag::flagged | (flag::system + 1)));
    BOOST_TEST(inbox->keywords() == (std::vector<std::string>{"$Forwarded"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(files_have_lf_and_letters_for_other_programs) {
    append("INBOX", {message("one", flag::seen | flag::answered | flag::draft)});
    const auto names = names_in("cur");
    BOOST_REQUIRE(names.size() == 1u);
    BOOST_TEST(names[0].ends_with(":2,DRS"), names[0]);
    BOOST_TEST(read_whole(maildir() / "cur" / names[0]) == "Subject: one\n\none\n");
    store_flags(*box(), {1}, flag::deleted);
    BOOST_TEST(names_in("cur")[0].ends_with(":2,T"));
}

BOOST_AUTO_TEST_SUITE_END()
