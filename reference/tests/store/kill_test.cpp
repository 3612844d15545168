// Killed at any moment: what was answered is there, once, under the UID that was told; what was not answered
// is there whole or not at all. A child works and writes down each answer; the parent kills it, and compares.
// DESIGN §13.
#include "reference/tests/store/mail_account.hpp"

#include <random>
#include <sys/wait.h>
#include <unistd.h>

using namespace store_tests;

namespace {

// What the child was told, one line each: "append BOX UID BODY", "move UID TO-UID", "expunge UID" ...
struct worker {
    const fs::path data;
    const int answers;
    unsigned seed;

    void tell(const std::string& line) const {
        const std::string whole = line + "\n";
        if (::write(answers, whole.data(), whole.size()) < 0) _exit(3);
    }

    [[noreturn]] void work() {
        store::mail_store::settings wanted;
        wanted.data = data.string();
        wanted.threads = 2;
        auto mail = store::mail_store::open(wanted);
        if (!mail) _exit(4);
        auto account = (*mail)->account_of("alice");
        if (!account) _exit(5);
        auto inbox = *(*account)->open("INBOX"), other = *(*account)->open("Other");
        std::mt19937 dice(seed);
        for (unsigned n = 0;; ++n) {
            const std::string body = std::to_string(seed) + "-" + std::to_string(n);
            const auto known = inbox->records();
            const auto any = known.empty() ? 0 : known[dice() % known.size()].id;
            switch (dice() % 6) {
            case 0:
            case 1: append(**account, {body + "-a", body + "-b", body + "-c"}); break;
            case 2:
                if (any == 0) break;
                tell("expunging " + std::to_string(any));
                if (inbox->expunge(uids{any}, true)) tell("expunged " + std::to_string(any));
                break;
            case 3:
                if (any == 0) break;
                tell("moving " + std::to_string(any));
                if (auto done = inbox->move_to(*other, uids{any}))
                    tell("moved " + std::to_string(any) + " " + std::to_string(done->to[0]));
                break;
            case 4: store_flags(*inbox, any, dice() % 2); break;
            case 5:
                if (any == 0) break;
                if (auto done = inbox->copy_to(*other, uids{any}))
                    tell("copied " + std::to_string(any) + " " + std::to_string(done->to[0]));
            }
        }
    }

    void append(mailbox::account& account, const std::vector<std::string>& bodies) const {
        std::vector<mailbox::to_append> all;
        for (const auto& one : bodies)
            all.push_back(message(one));
        const auto done = account.append("INBOX", all);
        if (!done) _exit(6);
        for (std::size_t i = 0; i < bodies.size(); ++i)
            tell("appended " + std::to_string(done->ids[i]) + " " + bodies[i]);
    }

    void store_flags(mailbox::folder& inbox, mailbox::uid any, bool on) const {
        if (any == 0) return;
        mailbox::flag_change change;
        change.flags = on ? flag::flagged : 0;
        tell("flagging " + std::to_string(any));
        if (inbox.store_flags(uids{any}, change)) tell("flagged " + std::to_string(any) + (on ? " 1" : " 0"));
    }
};

struct told {
    std::map<mailbox::uid, std::string> inbox, other; // bodies by UID
    std::map<mailbox::uid, bool> flagged;
    std::set<mailbox::uid> unsure, unsure_flags;

    void read(const std::string& line) {
        std::istringstream words(line);
        std::string what, body;
        mailbox::uid id = 0, to = 0;
        words >> what >> id;
        if (what == "appended") {
            words >> body;
            inbox[id] = body;
            flagged[id] = false;
        } else if (what == "expunging" || what == "moving") {
            unsure.insert(id);
        } else if (what == "expunged") {
            inbox.erase(id);
        } else if (what == "moved") {
            words >> to;
            other[to] = inbox[id];
            inbox.erase(id);
        } else if (what == "copied") {
            words >> to;
            other[to] = inbox[id];
        } else if (what == "flagging") {
            unsure_flags.insert(id);
        } else if (what == "flagged") {
            words >> to;
            unsure_flags.erase(id);
            flagged[id] = to == 1;
        }
    }
};

struct crashes : mail_account {
    crashes() { create("Other"); }

    std::string body_of(mailbox::folder& from, mailbox::uid id) {
        const std::string text = octets(from, id);
        const auto start = text.find("\r\n\r\n") + 4;
        return text.substr(start, text.size() - start - 2);
    }

    // `heard`: complete lines only; the last one may be cut.
    void run_and_kill(const std::function<void(int)>& work, unsigned microseconds, auto& all) {
        int ends[2];
        BOOST_REQUIRE(::pipe(ends) == 0);
        const auto child = ::fork();
        if (child == 0) {
            ::close(ends[0]);
            work(ends[1]);
        }
        ::close(ends[1]);
        std::string heard;
        char some[4096];
        // Not before it works: then wherever it is.
        ssize_t got = ::read(ends[0], some, sizeof some);
        if (got > 0) heard.append(some, static_cast<std::size_t>(got));
        ::usleep(microseconds);
        ::kill(child, SIGKILL);
        while ((got = ::read(ends[0], some, sizeof some)) > 0)
            heard.append(some, static_cast<std::size_t>(got));
        ::close(ends[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        BOOST_REQUIRE_MESSAGE(WIFSIGNALED(status), "the child ended by itself: " << WEXITSTATUS(status));
        std::istringstream lines(heard);
        for (std::string line; std::getline(lines, line) && !lines.eof();)
            all.read(line);
    }

    void compare(told& all) {
        auto inbox = box(), other = box("Other");
        std::multiset<std::string> bodies;
        std::map<mailbox::uid, std::string> in_inbox, in_other;
        for (const auto& one : inbox->records())
            in_inbox[one.id] = body_of(*inbox, one.id);
        for (const auto& one : other->records())
            in_other[one.id] = body_of(*other, one.id);
        for (const auto& [id, body] : all.inbox) {
            if (in_inbox.contains(id))
                BOOST_TEST(in_inbox[id] == body);
            else // only what was being expunged or moved when the end came may be gone
                BOOST_TEST(all.unsure.contains(id), "INBOX lost " << id << " " << body);
        }
        for (const auto& [id, body] : all.other)
            BOOST_TEST(in_other[id] == body, "Other has not " << id << " " << body);
        for (const auto& [id, body] : in_inbox) {
            bodies.insert(body);
            if (all.flagged.contains(id) && !all.unsure_flags.contains(id))
                BOOST_TEST(((inbox->find(id)->flags & flag::flagged) != 0) == all.flagged[id]);
        }
        for (const auto& body : bodies)
            BOOST_TEST(bodies.count(body) == 1u, "INBOX has " << body << " twice");
        // MULTIAPPEND (RFC 3502): all three of a set or none came, so the last UIDs come in threes.
        if (!in_inbox.empty()) {
            const auto& last = in_inbox.rbegin()->second;
            const bool known = all.inbox.contains(in_inbox.rbegin()->first);
            if (!known) BOOST_TEST(last.ends_with("-c"), "half a set: " << last);
        }
        // From here on this is what is known.
        for (const auto& [id, body] : in_inbox)
            if (!all.flagged.contains(id) || all.unsure_flags.contains(id))
                all.flagged[id] = inbox->find(id)->flags & flag::flagged;
        all.inbox = in_inbox;
        all.other = in_other;
        all.unsure.clear();
        all.unsure_flags.clear();
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(killed_at_any_moment, crashes)

BOOST_AUTO_TEST_CASE(nothing_is_lost_doubled_or_renumbered) {
    std::random_device device;
    const unsigned first = device();
    BOOST_TEST_MESSAGE("seed " << first);
    std::mt19937 dice(first);
    told all;
    const auto validity = box()->facts().uid_validity;
    mailbox::mod_sequence highest = 0;
    // On a slow machine a child may be killed before it has done anything: then there are more of them.
    const auto did_little = [&] { return all.inbox.size() + all.other.size() <= 50; };
    for (unsigned round = 0; round < 25 || (round < 1000 && did_little()); ++round) {
        stop();
        run_and_kill(
            [&](int answers) {
                worker{root / "data", answers, first + round}.work();
            },
            dice() % 60'000, all);
        start();
        BOOST_TEST_CONTEXT("seed " << first << ", round " << round) {
            compare(all);
        }
        BOOST_TEST(box()->facts().uid_validity == validity);
        BOOST_TEST(box()->facts().highest >= highest);
        highest = box()->facts().highest;
        if (!all.inbox.empty()) BOOST_TEST(box()->facts().uid_next > all.inbox.rbegin()->first);
    }
    BOOST_TEST(!did_little());
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

// COPY of all of them, from an mbox into a Maildir and from a Maildir into the mbox, in many portions.
struct copier {
    static constexpr unsigned copied_at_once = 12;
    const fs::path root;

    static store::mail_store::settings settings(const fs::path& root) {
        store::mail_store::settings wanted;
        wanted.data = (root / "data").string();
        wanted.mbox = (root / "spool/{user}").string();
        wanted.threads = 2;
        wanted.memory_per_copy = 3000; // some three messages
        return wanted;
    }

    [[noreturn]] void work(int answers) const {
        auto mail = store::mail_store::open(settings(root));
        if (!mail) _exit(4);
        auto account = (*mail)->account_of("alice");
        if (!account) _exit(5);
        const auto inbox = *(*account)->open("INBOX"), other = *(*account)->open("Other"),
                   more = *(*account)->open("More");
        const auto first_of = [](mailbox::folder& from) {
            auto ids = ids_of(from.records());
            ids.resize(copied_at_once);
            return ids;
        };
        for (;;) {
            if (!inbox->copy_to(*more, first_of(*inbox))) _exit(6);
            if (::write(answers, "more\n", 5) < 0) _exit(3);
            if (!other->copy_to(*inbox, first_of(*other))) _exit(7);
            if (::write(answers, "inbox\n", 6) < 0) _exit(3);
        }
    }
};

struct copies_told {
    std::map<std::string, unsigned> times;
    void read(const std::string& line) { ++times[line]; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(copies_killed_at_any_moment, crashes)

// RFC 9051 §6.4.7: the destination is as it was before the attempt.
BOOST_AUTO_TEST_CASE(all_of_a_copy_is_there_or_none) {
    std::random_device device;
    const unsigned seed = device();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 dice(seed);
    const auto start_with_mbox = [&] {
        stop();
        auto opened = store::mail_store::open(copier::settings(root));
        BOOST_REQUIRE(opened.has_value());
        mail = std::move(*opened);
        account = *mail->account_of("alice");
    };
    start_with_mbox();
    create("More");
    for (unsigned i = 0; i < copier::copied_at_once; ++i)
        for (const auto* name : {"INBOX", "Other"})
            append(name, {message(std::to_string(i) + std::string(1000, '.'))});
    copies_told all;
    // On a slow machine it takes more of them.
    for (unsigned round = 0; round < 15 || (round < 500 && all.times["inbox"] <= 5); ++round) {
        stop();
        run_and_kill([&](int answers) { copier{root}.work(answers); }, dice() % 40'000, all);
        start_with_mbox();
        for (const auto& [name, times] : all.times) {
            const auto there = box(name == "more" ? "More" : "INBOX");
            const auto records = there->records();
            const auto batches = records.size() / copier::copied_at_once - (name == "more" ? 0 : 1);
            BOOST_TEST(records.size() % copier::copied_at_once == 0u,
                       "seed " << seed << ", round " << round << ": " << records.size() << " in " << name);
            BOOST_TEST(batches >= times);
            BOOST_TEST(batches <= times + round + 1); // at most what was under way at each kill
            for (unsigned i = 0; i < copier::copied_at_once && i < records.size(); ++i) {
                const auto id = records[records.size() - copier::copied_at_once + i].id;
                BOOST_TEST((body_of(*there, id) == std::to_string(i) + std::string(1000, '.')),
                           "UID " << id << " in " << name << " is not message " << i << " of a copy");
            }
        }
    }
    BOOST_TEST(all.times["inbox"] > 5u); // it did something
}

BOOST_AUTO_TEST_SUITE_END()
