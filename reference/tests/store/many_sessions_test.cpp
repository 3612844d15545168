// Many sessions and other programs on the same mailboxes at once: UIDs come in order and once, mod-sequences
// tell every change, nothing is lost. Meant to be run with the thread sanitizer, too.
#include "reference/tests/store/mail_account.hpp"

#include <random>
#include <semaphore>
#include <thread>

using namespace store_tests;

namespace {

// What a session knows by asking for changes only; at the end it must know the truth.
struct follower {
    std::map<mailbox::uid, mailbox::record> known;
    mailbox::mod_sequence highest = 0;
    std::vector<std::string> surprises;

    void follow(mailbox::folder& box) {
        const auto news = box.since(highest);
        for (const auto id : news.vanished)
            known.erase(id);
        for (const auto& one : news.changed) {
            if (!known.contains(one.id) && !known.empty() && one.id < largest_seen)
                surprises.push_back("UID " + std::to_string(one.id) + " appeared late");
            largest_seen = std::max(largest_seen, one.id);
            known[one.id] = one;
        }
        highest = news.highest;
    }
    mailbox::uid largest_seen = 0;
};

void work(mailbox::account& account, unsigned seed, int rounds, follower& mine,
          std::counting_semaphore<>& worked) {
    std::mt19937 dice(seed);
    auto inbox = *account.open("INBOX"), other = *account.open("Other");
    for (int i = 0; i < rounds; ++i) {
        mine.follow(*inbox);
        uids some;
        for (const auto& [id, one] : mine.known)
            if (dice() % 4 == 0) some.push_back(id);
        switch (dice() % 7) {
        case 0:
        case 1:
        case 2:
            (void)account.append("INBOX", {message(std::to_string(seed) + "." + std::to_string(i))});
            break;
        case 3: {
            mailbox::flag_change change;
            change.how = dice() % 2 ? mailbox::flag_change::how::add : mailbox::flag_change::how::remove;
            change.flags = mailbox::flag_set{1} << dice() % 5;
            (void)inbox->store_flags(some, change);
            break;
        }
        case 4: (void)inbox->expunge(some, false); break;
        case 5:
            if (some.size() > 2) some.resize(2);
            (void)(dice() % 2 ? inbox->move_to(*other, some) : other->copy_to(*inbox, some));
            break;
        case 6:
            (void)inbox->refresh();
            for (const auto id : some)
                (void)inbox->open(id);
        }
        if (i % 4 == 0) worked.release();
    }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(many_sessions, mail_account)

BOOST_AUTO_TEST_CASE(all_know_the_same_in_the_end) {
    create("Other");
    auto inbox = box();
    std::vector<follower> sessions(6);
    std::atomic<bool> ended = false;
    std::counting_semaphore<> worked{0}; // once for each step of the other program
    {
        std::jthread program([&] { // mutt, so to say
            std::mt19937 dice(7);
            for (int i = 0; worked.acquire(), !ended; ++i) {
                put("new/" + std::to_string(1000 + i) + ".host", "A: b\n\nc\n");
                const auto names = names_in("cur");
                if (!names.empty()) {
                    const auto& one = names[dice() % names.size()];
                    std::error_code gone;
                    fs::rename(maildir() / "cur" / one,
                               maildir() / "cur" / (one.substr(0, one.find(':')) + ":2,FS"), gone);
                }
            }
        });
        {
            std::vector<std::jthread> threads;
            for (unsigned i = 0; i < sessions.size(); ++i)
                threads.emplace_back([&, i] { work(*account, i + 1, 120, sessions[i], worked); });
        }
        ended = true;
        worked.release();
    }
    BOOST_REQUIRE(inbox->refresh());
    std::map<mailbox::uid, mailbox::record> truth;
    for (const auto& one : inbox->records())
        truth[one.id] = one;
    for (auto& session : sessions) {
        session.follow(*inbox);
        BOOST_TEST((session.known == truth));
        BOOST_TEST(session.surprises == std::vector<std::string>{}, boost::test_tools::per_element());
    }
    for (const auto& [id, one] : truth)
        BOOST_TEST(octets(*inbox, id).size() == one.octets);
    BOOST_TEST(names_in("cur").size() + names_in("new").size() == truth.size());
    inbox.reset();
    restart();
    std::map<mailbox::uid, mailbox::record> again;
    for (const auto& one : box()->records())
        again[one.id] = one;
    BOOST_TEST((again == truth));
}

BOOST_AUTO_TEST_CASE(mailboxes_are_renamed_and_removed_under_working_sessions) {
    std::vector<std::jthread> threads;
    std::atomic<int> answered = 0;
    for (unsigned i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            std::mt19937 dice(i);
            for (int n = 0; n < 60; ++n) {
                const std::string name = "box" + std::to_string(dice() % 3);
                switch (dice() % 5) {
                case 0: (void)account->create(name, {}); break;
                case 1: (void)account->rename(name, "box" + std::to_string(dice() % 3)); break;
                case 2:
                    if (dice() % 4 == 0) (void)account->remove(name);
                    break;
                case 3: (void)account->append(name, {message("x")}); break;
                default:
                    if (auto open = account->open(name)) {
                        const auto all = ids_of((*open)->records());
                        (void)(*open)->expunge(all, true);
                        (void)(*open)->copy_to(**open, all);
                        (void)(*open)->move_to(**account->open("INBOX"), all);
                    }
                }
                ++answered;
            }
        });
    threads.clear();
    BOOST_TEST(answered == 240);
    const auto all = account->list();
    BOOST_REQUIRE(all);
    for (const auto& one : *all) {
        const auto records = box(one.name)->records();
        for (const auto& record : records)
            BOOST_TEST(octets(*box(one.name), record.id).size() == record.octets);
    }
}

BOOST_AUTO_TEST_SUITE_END()
