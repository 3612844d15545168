// CREATE, DELETE, RENAME, LIST, subscriptions, special uses and quota in a Maildir++ tree; and names that
// would lead out of it. RFC 9051 §6.3, RFC 6154, RFC 9208.
#include "reference/store/file_time.hpp"
#include "reference/store/folder_name.hpp"
#include "reference/tests/store/mail_account.hpp"

#include <atomic>
#include <thread>

using namespace store_tests;

namespace {

struct tree : mail_account {
    std::vector<std::string> listed() {
        auto all = account->list();
        BOOST_REQUIRE_MESSAGE(all.has_value(), why(all));
        std::vector<std::string> names;
        for (const auto& one : *all)
            names.push_back(one.name + (one.exists ? "" : " -") + (one.subscribed ? " subscribed" : ""));
        return names;
    }
    void expect(const std::vector<std::string>& wanted) {
        BOOST_TEST(listed() == wanted, boost::test_tools::per_element());
    }
    static void refused(const mailbox::result<void>& r, enum mailbox::trouble::kind as,
                        const std::string& text) {
        BOOST_REQUIRE(!r);
        BOOST_TEST((r.error().kind == as));
        BOOST_TEST(r.error().text == text);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(trees_of_mailboxes, tree)

BOOST_AUTO_TEST_CASE(names_are_folders_below_the_users) {
    const std::pair<const char*, const char*> pairs[] = {
        {"INBOX", ""},
        {"Sent", ".Sent"},
        {"a/b", ".a.b"},
        {"INBOX/x", ".INBOX.x"},
        {"v1.2/notes", ".v1&AC4-2.notes"},
        {"..", ".&AC4-&AC4-"},
        {"../../etc/passwd", ".&AC4-&AC4-.&AC4-&AC4-.etc.passwd"},
        {"~root", ".~root"},
        {"R&D", ".R&-D"},
        {"Entwürfe.alt", ".Entw&APw-rfe&AC4-alt"},
        {"台北/日本語", ".&U,BTFw-.&ZeVnLIqe-"},
    };
    for (const auto& [name, directory] : pairs) {
        const auto made = store::directory_of(name);
        BOOST_REQUIRE_MESSAGE(made.has_value(), why(made));
        BOOST_TEST(*made == directory);
        BOOST_TEST(store::name_of(directory).value_or("none") == name);
    }
    for (const char* directory : {".", "..", ".a..b", ".a.", ".a/b", "cur", ".inbox", ".INBOX", ".a\nb",
                                  ".\xff", ".&ISo-elvin"}) // which would pass for "Kelvin"
        BOOST_TEST(!store::name_of(directory), directory);
    // As other programs may write them.
    const std::pair<const char*, const char*> others[] = {
        {".Cafe&AwE-", "Caf\u00e9"}, {".Caf\u00e9", "Caf\u00e9"},       {".Cafe\u0301", "Caf\u00e9"},
        {".Inbox.x", "INBOX/x"},     {".&AGEAYg-.R&D", "&AGEAYg-/R&D"}, {".&Jj", "&Jj"},
    };
    for (const auto& [directory, name] : others)
        BOOST_TEST(store::name_of(directory).value_or("none") == name);
}

BOOST_AUTO_TEST_CASE(folders_that_other_programs_named_are_used_where_they_are) {
    for (const char* part : {".Cafe&AwE-/cur", ".R&D/cur", ".Entw\u00fcrfe.alt/cur", ".Inbox.x/cur"}) {
        fs::create_directories(maildir() / part);
        put(std::string(part) + "/1700000000.x:2,S", "Subject: x\n\nx\n");
    }
    const std::string names[] = {"Caf\u00e9", "R&D", "Entw\u00fcrfe/alt", "INBOX/x"};
    const auto listed = *account->list();
    for (const auto& name : names) {
        BOOST_TEST(std::ranges::count(listed, name, &mailbox::entry::name) == 1u);
        refused(account->create(name, {}), kind::exists, "there is a mailbox " + name);
        append(name, {message("y")});
    }
    restart();
    for (const auto& name : names)
        BOOST_TEST(ids_of(box(name)->records()) == (uids{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(contents_of(maildir() / ".Cafe&AwE-/cur").size() == 2u);
    BOOST_TEST(!fs::exists(maildir() / ".Caf&AOk-"));
    BOOST_TEST(account->rename("R&D", "Caf\u00e9/R&D").has_value());
    BOOST_TEST(fs::exists(maildir() / ".Caf&AOk-.R&-D/cur"));
    BOOST_TEST(account->rename("Caf\u00e9", "Bar").has_value());
    BOOST_TEST(ids_of(box("Bar/R&D")->records()) == (uids{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(ids_of(box("Bar")->records()) == (uids{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(account->remove("Entw\u00fcrfe/alt").has_value());
    BOOST_TEST(!fs::exists(maildir() / ".Entw\u00fcrfe.alt"));
    BOOST_TEST((account->open("Entw\u00fcrfe/alt").error().kind == kind::missing));
}

BOOST_AUTO_TEST_CASE(a_folder_whose_name_is_taken_is_told_of) {
    create("Caf\u00e9");
    fs::create_directories(maildir() / ".Cafe&AwE-/cur");
    fs::create_directories(maildir() / ".Caf\u00e9/cur");
    stop();
    store::mail_store::settings wanted;
    std::vector<std::string> log;
    wanted.data = (root / "data").string();
    wanted.log = [&](const std::string& text) { log.push_back(text); };
    auto opened = store::mail_store::open(wanted);
    BOOST_REQUIRE(opened);
    mail = std::move(*opened);
    account = *mail->account_of("alice");
    append("Caf\u00e9", {message("x")});
    BOOST_TEST(contents_of(maildir() / ".Caf&AOk-/cur").size() == 1u);
    for (int i = 0; i < 2; ++i)
        BOOST_TEST(account->list()->size() == 2u);
    std::ranges::sort(log);
    const auto at = maildir().string() + "/.";
    const std::string why = ": the name of its mailbox is that of " + at +
                            "Caf&AOk-, too; nobody can read it until one of them is renamed";
    BOOST_TEST(log == (std::vector{at + "Cafe&AwE-" + why, at + "Caf\u00e9" + why}),
               boost::test_tools::per_element());
    stop();
}

BOOST_AUTO_TEST_CASE(names_that_cannot_be_are_refused_with_the_reason) {
    refused(account->create("", {}), kind::bad_name, "a mailbox name is empty");
    refused(account->create("/etc", {}), kind::bad_name, "a mailbox name has an empty level: /etc");
    refused(account->create("a//b", {}), kind::bad_name, "a mailbox name has an empty level: a//b");
    refused(account->create("a/", {}), kind::bad_name, "a mailbox name has an empty level: a/");
    refused(account->create(std::string("a\0b", 3), {}), kind::bad_name,
            "a mailbox name has a control in it");
    refused(account->create("a\nb", {}), kind::bad_name, "a mailbox name has a control in it");
    refused(account->create("\xff", {}), kind::bad_name, "a mailbox name is no UTF-8");
    refused(account->create(std::string(240, 'x'), {}), kind::bad_name,
            "a mailbox name is too long: more than 240 octets on the disk");
    std::string deep = "x";
    for (int i = 0; i < 50; ++i)
        deep += "/x";
    refused(account->create(deep, {}), kind::bad_name, "a mailbox name has more than 50 levels");
    BOOST_TEST((account->open("../bob").error().kind == kind::missing));
    BOOST_TEST((account->append("a//b", {message("x")}).error().kind == kind::missing));
    expect({"INBOX"});
    create("../bob"); // a name like any other
    BOOST_TEST(!fs::exists(root / "data/maildir/bob"));
    BOOST_TEST(fs::is_directory(maildir() / ".&AC4-&AC4-.bob/cur"));
    expect({"INBOX", "..", "../bob"});
}

BOOST_AUTO_TEST_CASE(what_is_created_is_listed_with_its_parents) {
    create("b/c/d");
    create("a");
    create("B");
    expect({"INBOX", "B", "a", "b", "b/c", "b/c/d"});
    BOOST_TEST(fs::exists(maildir() / ".b.c.d/maildirfolder"));
    refused(account->create("a", {}), kind::exists, "there is a mailbox a");
    refused(account->create("INBOX", {}), kind::exists, "there is a mailbox INBOX");
    fs::create_directories(maildir() / ".x.y/cur"); // another program's
    expect({"INBOX", "B", "a", "b", "b/c", "b/c/d", "x -", "x/y"});
    BOOST_TEST(box("x/y")->facts().messages == 0u);
}

BOOST_AUTO_TEST_CASE(a_deleted_mailbox_is_gone_and_its_children_stay) {
    create("a/b");
    append("a", {message("one")});
    auto open = box("a");
    BOOST_REQUIRE(account->remove("a"));
    BOOST_TEST(!open->is_there());
    expect({"INBOX", "a -", "a/b"});
    BOOST_TEST((account->open("a").error().kind == kind::missing));
    refused(account->remove("a"), kind::not_possible, "a is no mailbox, there are some below it");
    BOOST_REQUIRE(account->remove("a/b"));
    refused(account->remove("a"), kind::missing, "there is no mailbox a");
    refused(account->remove("INBOX"), kind::not_possible, "INBOX cannot be deleted");
    expect({"INBOX"});
    BOOST_TEST(fs::is_empty(maildir() / "tmp"));
    BOOST_TEST(account->quota()->messages_used == 0u);
}

// RFC 9051 §6.3.4, §2.3.1.1: name, UIDVALIDITY and UID mean one message for ever.
BOOST_AUTO_TEST_CASE(uidvalidity_grows_when_a_name_is_used_again) {
    create("a");
    const auto first = box("a")->facts().uid_validity;
    BOOST_REQUIRE(account->remove("a"));
    create("a");
    const auto second = box("a")->facts().uid_validity;
    BOOST_TEST(second > first);
    create("b");
    BOOST_REQUIRE(account->remove("b"));
    const auto before = box("a")->facts().uid_validity;
    BOOST_REQUIRE(account->rename("a", "b"));
    create("a");
    BOOST_TEST(box("a")->facts().uid_validity > before);
    restart();
    BOOST_REQUIRE(account->remove("a"));
    BOOST_REQUIRE(account->rename("b", "a"));
    BOOST_TEST(box("a")->facts().uid_validity > before);
}

BOOST_AUTO_TEST_CASE(renaming_takes_messages_uids_and_children_along) {
    create("a/b/c");
    BOOST_REQUIRE(account->create("a/sent", {"sent"}));
    append("a", {message("one"), message("two")});
    append("a/b/c", {message("deep")});
    auto open = box("a");
    BOOST_REQUIRE(open->expunge(uids{1}, true));
    const auto facts = open->facts();
    const auto renamed = account->rename("a", "x/y");
    BOOST_REQUIRE_MESSAGE(renamed.has_value(), why(renamed));
    expect({"INBOX", "x", "x/y", "x/y/b", "x/y/b/c", "x/y/sent"});
    BOOST_TEST(account->list()->back().uses.contains("sent"));
    BOOST_TEST(open->is_there());
    BOOST_TEST(octets(*open, 2) == "Subject: two\r\n\r\ntwo\r\n"); // a session that has it open goes on
    BOOST_TEST(box("x/y").get() == open.get());
    BOOST_TEST(append("x/y", {message("three")}) == (uids{3}), boost::test_tools::per_element());
    BOOST_TEST(box("x/y")->facts().uid_validity == facts.uid_validity);
    BOOST_TEST(octets(*box("x/y/b/c"), 1) == "Subject: deep\r\n\r\ndeep\r\n");
    refused(account->rename("x", "x/z"), kind::not_possible, "x cannot go below itself");
    refused(account->rename("nowhere", "z"), kind::missing, "there is no mailbox nowhere");
    refused(account->rename("x/y/b", "INBOX"), kind::exists, "there is a mailbox INBOX");
    open.reset();
    restart();
    BOOST_TEST(ids_of(box("x/y")->records()) == (uids{2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(renaming_inbox_moves_its_messages) {
    create("INBOX/child");
    append("INBOX", {message("one", flag::seen), message("two")});
    const auto done = account->rename("INBOX", "old/mail");
    BOOST_REQUIRE_MESSAGE(done.has_value(), why(done));
    expect({"INBOX", "INBOX/child", "old", "old/mail"});
    BOOST_TEST(box()->facts().messages == 0u);
    BOOST_TEST(box("old/mail")->facts().messages == 2u);
    BOOST_TEST(box("old/mail")->find(1)->flags == flag::seen);
    BOOST_TEST(append("INBOX", {message("three")}) == (uids{3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_renaming_that_a_crash_cut_short_is_finished) {
    create("a/b");
    append("a/b", {message("one")});
    stop();
    {
        const auto index = store::account_index::open(maildir(), nullptr);
        BOOST_REQUIRE(index);
        store::account_index::changes change(**index);
        change.begin_renaming("a", "z");
        BOOST_REQUIRE(change.commit());
        fs::rename(maildir() / ".a", maildir() / ".z"); // and no further
    }
    start();
    expect({"INBOX", "z", "z/b"});
    BOOST_TEST(octets(*box("z/b"), 1) == "Subject: one\r\n\r\none\r\n");
    BOOST_TEST(ids_of(box("z/b")->records()) == (uids{1}), boost::test_tools::per_element());
    restart();
    expect({"INBOX", "z", "z/b"});
}

// Or a name that the disk will not give would lock the user out.
BOOST_AUTO_TEST_CASE(a_renaming_that_cannot_be_finished_is_over) {
    create("a/b");
    append("a", {message("one")});
    append("a/b", {message("two")});
    std::ofstream(maildir() / ".z") << "in the way";
    refused(account->rename("a", "z"), kind::exists, "there is a mailbox z");
    stop();
    {
        const auto index = store::account_index::open(maildir(), nullptr);
        BOOST_REQUIRE(index);
        store::account_index::changes change(**index);
        change.begin_renaming("a", "z");
        BOOST_REQUIRE(change.commit());
    }
    mail_folder::open();
    const auto first = mail->account_of("alice");
    BOOST_REQUIRE(!first);
    BOOST_TEST(first.error().text == "cannot rename to " + (maildir() / ".z").string() + ": Not a directory");
    account = *mail->account_of("alice");
    fs::remove(maildir() / ".z");
    expect({"INBOX", "a", "z -", "z/b"});
    BOOST_TEST(octets(*box("a"), 1) == "Subject: one\r\n\r\none\r\n");
    BOOST_TEST(octets(*box("z/b"), 1) == "Subject: two\r\n\r\ntwo\r\n");
    restart();
    expect({"INBOX", "a", "z -", "z/b"});
}

BOOST_AUTO_TEST_CASE(subscriptions_outlive_their_mailboxes) {
    create("a");
    BOOST_REQUIRE(account->subscribe("a", true));
    BOOST_REQUIRE(account->subscribe("a", true));
    BOOST_REQUIRE(account->subscribe("no/such", true));
    BOOST_REQUIRE(account->remove("a")); // RFC 9051 §6.3.7
    restart();
    expect({"INBOX", "a - subscribed", "no/such - subscribed"});
    BOOST_REQUIRE(account->subscribe("a", false));
    expect({"INBOX", "no/such - subscribed"});
    refused(account->subscribe("a//b", true), kind::bad_name, "a mailbox name has an empty level: a//b");
}

BOOST_AUTO_TEST_CASE(special_uses_are_kept) {
    BOOST_REQUIRE(account->create("Gesendet", {"sent"}));
    refused(account->create("x", {"important"}), kind::no_special_use, "no mailbox can be for \\important");
    restart();
    expect({"INBOX", "Gesendet"});
    BOOST_TEST((account->list()->back().uses == mailbox::special_uses{"sent"}));
    BOOST_REQUIRE(account->remove("Gesendet"));
    create("Gesendet");
    BOOST_TEST(account->list()->back().uses.empty());
}

BOOST_AUTO_TEST_CASE(thousands_of_mailboxes_are_listed) {
    for (int i = 0; i < 2'000; ++i)
        fs::create_directory(maildir() / (".box" + std::to_string(i)));
    BOOST_TEST(listed().size() == 2'001u);
}

// As a crash leaves an APPEND or a COPY behind the transaction, with the file still in tmp/, days ago.
BOOST_AUTO_TEST_CASE(what_is_carried_on_is_not_swept_away) {
    append("INBOX", {message("a")});
    stop();
    {
        const auto index = *store::account_index::open(maildir().string(), {});
        auto box = **index->mailbox_named("INBOX");
        auto row = index->messages_of(box.id)->at(0);
        fs::rename(maildir() / "cur" / (row.base + row.info), maildir() / "tmp" / row.base);
        store::account_index::changes change(*index);
        change.remove(box, row.facts.id, ++box.highest);
        row.facts.id = box.next++;
        change.add(box, row, "tmp/" + row.base);
        change.save(box);
        BOOST_REQUIRE(change.commit().has_value());
    }
    put("tmp/forgotten", "x");
    mail_folder::open();
    const auto days_on = store::nanoseconds_now() + 3 * 24 * 3600 * store::a_second;
    BOOST_TEST(mail->remove_stale("alice", days_on).value() == 1u);
    account = *mail->account_of("alice");
    BOOST_TEST(ids_of(box()->records()) == uids{2}, boost::test_tools::per_element());
    BOOST_TEST(octets(*box(), 2) == "Subject: a\r\n\r\na\r\n");
    BOOST_TEST(fs::is_empty(maildir() / "tmp"));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct limited : mail_account {
    void limit(std::optional<std::uint64_t> octets, std::optional<std::uint64_t> messages,
               bool inotify = true) {
        stop();
        store::mail_store::settings wanted;
        wanted.data = (root / "data").string();
        wanted.inotify = inotify;
        wanted.quota_of["alice"] = {octets, messages};
        auto opened = store::mail_store::open(wanted);
        BOOST_REQUIRE(opened);
        mail = std::move(*opened);
        account = *mail->account_of("alice");
    }
    store::delivered deliver(const std::string& text) {
        auto draft = std::make_shared<store::draft>(*mail, std::vector{into("alice")});
        draft->append(text);
        return commit(draft)[0];
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(quota_of_accounts, limited)

BOOST_AUTO_TEST_CASE(what_is_past_the_limit_is_refused) {
    limit(50, std::nullopt); // a message("one") has 21 octets
    create("Other");
    append("INBOX", {message("one"), message("two")});
    const auto root_now = account->quota();
    BOOST_REQUIRE(root_now);
    BOOST_TEST(root_now->storage_used == 42u);
    BOOST_TEST(*root_now->storage_limit == 50u);
    BOOST_TEST(!root_now->message_limit);
    const auto full = account->append("Other", {message("x")});
    BOOST_REQUIRE(!full);
    BOOST_TEST((full.error().kind == kind::over_quota));
    BOOST_TEST(full.error().text == "17 octets more are past the limit of 50; 42 are in use");
    BOOST_TEST((box()->copy_to(*box("Other"), uids{1}).error().kind == kind::over_quota));
    BOOST_TEST(box()->move_to(*box("Other"), uids{1}).has_value()); // not more than before
    BOOST_REQUIRE(box()->expunge(uids{2}, true));
    BOOST_TEST(account->quota()->storage_used == 21u);
    append("Other", {message("x")});
    restart();
    BOOST_TEST(account->quota()->storage_used == 38u);
}

BOOST_AUTO_TEST_CASE(deliveries_count_and_are_refused) {
    limit(std::nullopt, 2);
    BOOST_TEST(deliver("A: b\r\n").outcome.has_value());
    BOOST_TEST(deliver("A: b\r\n").outcome.has_value());
    const auto third = deliver("A: b\r\n");
    BOOST_REQUIRE(!third.outcome);
    BOOST_TEST((third.outcome.error().kind == store::disk_error::kind::over_quota));
    BOOST_TEST(third.outcome.error().text ==
               "mail for alice: 1 messages more are past the limit of 2; there are 2");
    BOOST_TEST(account->quota()->messages_used == 2u);
    BOOST_TEST(fs::is_empty(maildir() / "tmp"));
}

// Without word from the kernel, so that nothing counts before somebody looks.
BOOST_AUTO_TEST_CASE(mail_that_nobody_has_seen_yet_counts_before_more_comes) {
    create("Other");
    append("INBOX", {message("x")});
    limit(std::nullopt, 2, false);
    {
        const auto inbox = box(), other = box("Other");
        put("new/1700000001.fresh", "A: b\n");
        BOOST_TEST((inbox->copy_to(*other, uids{1}).error().kind == kind::over_quota));
    }
    put("new/1700000002.fresh", "A: b\n");
    limit(std::nullopt, 4, false);
    BOOST_TEST((account->append("Other", {message("x"), message("y")}).error().kind == kind::over_quota));
    append("Other", {message("x")});
    BOOST_TEST(ids_of(box("Other")->records()) == uids{1}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(many_at_once_do_not_pass_the_limit_together) {
    for (int round = 0; round < 10; ++round) {
        limit(std::nullopt, 5 * (round + 1));
        std::atomic<unsigned> taken = 0;
        std::vector<std::jthread> all;
        for (int i = 0; i < 4; ++i) {
            all.emplace_back([&] {
                for (int n = 0; n < 4; ++n)
                    taken += account->append("INBOX", {message("x")}).has_value();
            });
            all.emplace_back([&] {
                for (int n = 0; n < 4; ++n)
                    taken += deliver("A: b\r\n").outcome.has_value();
            });
        }
        all.clear();
        // What was on its way may have kept others out; alone, the rest is taken.
        while (account->append("INBOX", {message("x")}))
            ++taken;
        BOOST_TEST(taken == 5u);
        BOOST_TEST(account->quota()->messages_used == 5u * (round + 1));
    }
}

BOOST_AUTO_TEST_CASE(users_set_limits_only_where_they_may) {
    const auto refused = account->set_quota(1, 1);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().text == "alice may not change the limits of the account");
    stop();
    store::mail_store::settings wanted;
    wanted.data = (root / "data").string();
    wanted.users_set_quota = true;
    for (int round = 0; round < 2; ++round) {
        auto opened = store::mail_store::open(wanted);
        BOOST_REQUIRE(opened);
        mail = std::move(*opened);
        account = *mail->account_of("alice");
        if (round == 0) BOOST_TEST(account->set_quota(1000, std::nullopt).has_value());
        BOOST_TEST(*account->quota()->storage_limit == 1000u);
        BOOST_TEST(!account->quota()->message_limit);
        stop();
    }
    start();
}

BOOST_AUTO_TEST_SUITE_END()
