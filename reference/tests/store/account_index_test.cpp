// An index that was lost, damaged or written by a later version; what a power loss took. UIDVALIDITY must
// grow, UIDs must not come twice, mod-sequences must not go back. RFC 9051 §2.3.1.1, RFC 7162 §3.1.1.
#include "reference/tests/store/mail_account.hpp"

using namespace store_tests;

namespace {

struct indexed : mail_account {
    fs::path index() const { return maildir() / "refmaild.index"; }
    std::vector<std::string> set_aside() const {
        std::vector<std::string> found;
        for (const auto& one : fs::directory_iterator(maildir()))
            if (one.path().filename().native().contains(".broken-")) found.push_back(one.path());
        return found;
    }
    void start_with_log() {
        store::mail_store::settings wanted;
        wanted.data = (root / "data").string();
        wanted.log = [this](const std::string& text) { log += text + "\n"; };
        auto opened = store::mail_store::open(wanted);
        BOOST_REQUIRE(opened);
        mail = std::move(*opened);
        auto mine = mail->account_of("alice");
        BOOST_REQUIRE_MESSAGE(mine.has_value(), why(mine));
        account = *mine;
    }
    std::string log;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(indexes, indexed)

BOOST_AUTO_TEST_CASE(a_lost_index_is_made_from_the_files) {
    create("a");
    auto one = message("one", flag::seen | flag::flagged);
    append("a", {one, message("two")});
    const auto before = box("a")->facts();
    stop();
    fs::remove(index());
    start();
    const auto after = box("a")->facts();
    BOOST_TEST(after.uid_validity > before.uid_validity);
    BOOST_TEST(after.messages == 2u);
    const auto records = box("a")->records();
    BOOST_TEST(records[0].flags == (flag::seen | flag::flagged));
    BOOST_TEST(records[0].received == 1'700'000'000);
    BOOST_TEST(records[0].octets == 21u);
}

// Validities may run ahead of the clock; who loses the index must not fall behind them.
BOOST_AUTO_TEST_CASE(validities_grow_though_they_ran_ahead_of_the_clock) {
    std::uint32_t last = 0;
    for (int i = 0; i < 30; ++i) {
        create("a");
        BOOST_TEST(box("a")->facts().uid_validity > last);
        last = box("a")->facts().uid_validity;
        BOOST_REQUIRE(account->remove("a"));
    }
    BOOST_TEST(last > std::time(nullptr) + 20);
    stop();
    fs::remove(index());
    start();
    create("a");
    BOOST_TEST(box("a")->facts().uid_validity > last);
    last = box("a")->facts().uid_validity;
    stop();
    fs::resize_file(index(), 0); // as a power loss leaves files
    start();
    BOOST_TEST(box("a")->facts().uid_validity > last);
}

BOOST_AUTO_TEST_CASE(a_damaged_index_is_set_aside_and_logged) {
    append("INBOX", {message("one")});
    const auto before = box()->facts().uid_validity;
    stop();
    std::ofstream(index(), std::ios::binary) << std::string(20'000, 'x');
    start_with_log();
    BOOST_TEST(box()->facts().messages == 1u);
    BOOST_TEST(box()->facts().uid_validity > before);
    BOOST_TEST(set_aside().size() == 1u);
    BOOST_TEST(log.contains("file is not a database: it is set aside as " + set_aside()[0]), log);
    BOOST_TEST(log.contains("the mailboxes get new UIDs"), log);
}

BOOST_AUTO_TEST_CASE(an_index_of_a_later_version_is_set_aside) {
    append("INBOX", {message("one")});
    const auto before = box()->facts().uid_validity;
    stop();
    {
        auto db = store::database::open(index());
        BOOST_REQUIRE(db);
        BOOST_TEST((*db)->run("PRAGMA user_version = 99"));
    }
    start_with_log();
    BOOST_TEST(box()->facts().uid_validity > before);
    BOOST_TEST(set_aside().size() == 1u);
}

BOOST_AUTO_TEST_CASE(damage_that_shows_later_leads_to_a_new_index) {
    std::vector<mailbox::to_append> many;
    for (int i = 0; i < 500; ++i)
        many.push_back(message("message number " + std::to_string(i)));
    append("INBOX", many);
    const auto before = box()->facts().uid_validity;
    stop();
    {
        std::fstream file(index(), std::ios::binary | std::ios::in | std::ios::out);
        const auto size = fs::file_size(index());
        for (std::uintmax_t at = 4096 * 5; at + 4096 <= size; at += 4096) {
            file.seekp(static_cast<std::streamoff>(at));
            file << std::string(4096, '\xee');
        }
    }
    start_with_log();
    const auto broken = account->open("INBOX");
    if (!broken) {
        BOOST_TEST((broken.error().kind == kind::corrupt));
        // Whoever still uses it goes on with it; the next session finds a new one.
        BOOST_TEST((*mail->account_of("alice") == account));
        account.reset();
        account = *mail->account_of("alice");
    }
    BOOST_TEST(box()->facts().messages == 500u);
    BOOST_TEST(box()->facts().uid_validity > before);
    BOOST_TEST(set_aside().size() == 1u);
}

// It goes to clients as it stands: octets that a disk altered would be no IMAP any more. What was moved to
// another message is none of it either.
BOOST_AUTO_TEST_CASE(what_is_remembered_and_was_altered_on_the_disk_is_lost) {
    append("INBOX", {message("one"), message("two"), message("three"), message("four")});
    const std::array<std::string, 4> names{"(\"one\")", "(\"two\")", "(\"three\")", "(\"four\")"};
    for (mailbox::uid id = 1; id <= 4; ++id)
        box()->remember(id, "envelope-1", names[id - 1]);
    stop();
    {
        auto db = store::database::open(index());
        BOOST_REQUIRE(db);
        BOOST_TEST(
            (*db)->run("UPDATE remembered SET text = replace(text, 'two', 'tw' || char(7)) WHERE uid = 2"));
        BOOST_TEST((*db)->run("UPDATE remembered SET text = 'short' WHERE uid = 3"));
        BOOST_TEST((*db)->run(
            "UPDATE remembered SET text = (SELECT text FROM remembered WHERE uid = 1) WHERE uid = 4"));
    }
    start();
    BOOST_TEST(*box()->remembered(1, "envelope-1") == names[0]);
    for (const mailbox::uid id : {2u, 3u, 4u})
        BOOST_TEST(!box()->remembered(id, "envelope-1"), id);
    box()->remember(2, "envelope-1", names[1]);
    restart();
    BOOST_TEST(*box()->remembered(2, "envelope-1") == names[1]);
}

BOOST_AUTO_TEST_CASE(mod_sequences_go_on_far_beyond_after_a_power_loss) {
    append("INBOX", {message("one")});
    const auto before = box()->facts().highest;
    restart();
    BOOST_TEST(box()->facts().highest == before); // an orderly end
    stop();
    {
        auto db = store::database::open(index());
        BOOST_REQUIRE(db);
        BOOST_TEST((*db)->run("INSERT INTO run VALUES('another boot')"));
    }
    start();
    BOOST_TEST(box()->facts().highest == before + 1'000'000);
}

// The row is committed, the file still in tmp/: the crash came between.
BOOST_AUTO_TEST_CASE(an_arrival_that_a_crash_cut_short_is_taken_up) {
    append("INBOX", {message("one")});
    stop();
    {
        auto opened = store::account_index::open(maildir(), nullptr);
        BOOST_REQUIRE(opened);
        auto inbox = *(*opened)->mailbox_named("INBOX");
        store::account_index::changes change(**opened);
        for (const char* base : {"1.there.host", "2.lost.host"}) {
            store::message_row row;
            row.facts.id = inbox->next++;
            row.facts.modified = ++inbox->highest;
            row.facts.flags = flag::seen;
            row.facts.octets = 6;
            row.base = base;
            row.info = ":2,S";
            change.add(*inbox, row, "tmp/" + row.base);
        }
        change.save(*inbox);
        BOOST_REQUIRE(change.commit());
    }
    put("tmp/1.there.host", "A: b\n");
    start();
    BOOST_TEST(ids_of(box()->records()) == (uids{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(octets(*box(), 2) == "A: b\r\n");
    BOOST_TEST(box()->find(2)->flags == flag::seen);
    BOOST_TEST(append("INBOX", {message("next")}) == (uids{4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_account_whose_folder_was_removed_is_made_anew) {
    append("INBOX", {message("one")});
    const auto before = box()->facts().uid_validity;
    account.reset();
    fs::remove_all(maildir());
    auto again = mail->account_of("alice");
    BOOST_REQUIRE_MESSAGE(again.has_value(), why(again));
    account = *again;
    BOOST_TEST(box()->facts().messages == 0u);
    BOOST_TEST(box()->facts().uid_validity > before);
}

BOOST_AUTO_TEST_CASE(what_counts_up_never_goes_back) {
    const auto opened = store::account_index::open(maildir() / "cur", nullptr);
    BOOST_REQUIRE(opened);
    {
        store::account_index::changes change(**opened);
        auto row = change.add_mailbox("INBOX", {});
        row.next = 10;
        row.highest = 20;
        change.save(row);
        row.next = 9; // whoever knows nothing of an arrival that is being synced
        row.highest = 19;
        change.save(row);
        BOOST_REQUIRE(change.commit());
    }
    const auto kept = (*opened)->mailbox_named("INBOX");
    BOOST_REQUIRE(kept && *kept);
    BOOST_TEST((*kept)->next == 10u);
    BOOST_TEST((*kept)->highest == 20u);
}

BOOST_AUTO_TEST_SUITE_END()
