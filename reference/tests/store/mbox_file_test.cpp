// An mbox that other processes use, too, and that a crash interrupted at any octet: nobody writes while
// another does, nothing is lost, nothing half is left. docs/adr/0008.
#include "reference/store/mbox_file.hpp"
#include "reference/tests/store/mail_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utime.h>

using namespace store_tests;
using store::mbox_file;
using store::mbox_lock;
using store::mbox_numbers;

namespace {

constexpr auto at_once = std::chrono::milliseconds(0), long_enough = std::chrono::milliseconds(30'000);

void write_whole(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

struct an_mbox : mail_folder {
    an_mbox() { write_whole(path, one + two + three); }

    std::shared_ptr<mbox_file> opened(std::chrono::milliseconds wait = long_enough) {
        return std::make_shared<mbox_file>(mbox_file::settings{
            path.string(), root.string(), wait, [this](const std::string& text) { log += text + "\n"; }});
    }
    // What a start finds and makes of it.
    std::string mended(bool decided = false) {
        auto held = opened()->lock([&](const mbox_numbers&) { return decided; });
        BOOST_REQUIRE_MESSAGE(held.has_value(), (held ? "" : held.error().text));
        return read_whole(path);
    }
    std::string content() const { return read_whole(path); }
    std::vector<std::string> names_beside() const {
        std::vector<std::string> names;
        for (const auto& one_file : fs::directory_iterator(root))
            names.push_back(one_file.path().filename());
        return names;
    }
    bool exists(const char* name) const { return fs::exists(root / name); }

    const std::string one = "From a Thu Nov 19 12:00:00 2026\n\n1\n\n";
    const std::string two = "From b Thu Nov 19 12:00:00 2026\n\n22222222222222222222222222222222222222\n\n";
    const std::string three = "From c Thu Nov 19 12:00:00 2026\n\n333\n\n";
    const std::string four = "From d Thu Nov 19 12:00:00 2026\n\n4444\n\n";
    const fs::path path = root / "mbox", beside = root / "mbox.lock";
    std::string log;
};

// A process of its own that does something, tells so, and stays until it is told to end.
struct other_process {
    template <class Do>
    explicit other_process(const Do& act) {
        BOOST_REQUIRE(::pipe(ready) == 0);
        BOOST_REQUIRE(::pipe(ending) == 0);
        id = ::fork();
        if (id == 0) {
            ::close(ending[1]);
            act();
            char c = 'r';
            if (::write(ready[1], &c, 1) != 1) _exit(1);
            _exit(::read(ending[0], &c, 1) < 0 ? 1 : 0);
        }
        ::close(ending[0]);
        char c = 0;
        BOOST_REQUIRE(::read(ready[0], &c, 1) == 1);
    }
    void end() {
        if (id <= 0) return;
        ::close(ending[1]);
        ::waitpid(id, nullptr, 0);
        id = 0;
    }
    ~other_process() {
        end();
        for (const int each : ready)
            ::close(each);
    }
    pid_t id = 0;
    int ready[2], ending[2];
};

// As most programs take it.
bool lock_as_others(const fs::path& path) {
    const int file = ::open(path.c_str(), O_RDWR);
    struct flock all {};
    all.l_type = F_WRLCK;
    return ::fcntl(file, F_SETLK, &all) == 0; // the file stays open
}

std::string refusal(const fs::path& path) {
    const auto taken = mbox_lock::take(path.string(), at_once);
    BOOST_REQUIRE(!taken.has_value());
    BOOST_TEST((taken.error().kind == store::disk_error::kind::in_use));
    return taken.error().text;
}

bool can_take(const fs::path& path) {
    return mbox_lock::take(path.string(), at_once).has_value();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(mbox_files, an_mbox)

BOOST_AUTO_TEST_CASE(another_process_has_locked_the_file) {
    other_process other([&] {
        if (!lock_as_others(path)) _exit(1);
    });
    BOOST_TEST(refusal(path) == path.string() + " is locked by another program for 0 s: process " +
                                    std::to_string(other.id) + " has locked it");
    BOOST_TEST(!fs::exists(beside));
    other.end();
    BOOST_TEST(can_take(path));
}

BOOST_AUTO_TEST_CASE(another_process_has_the_lock_beside) {
    other_process other([&] { write_whole(beside, std::to_string(::getpid()) + "\n"); });
    BOOST_TEST(refusal(path) == path.string() + " is locked by another program for 0 s: process " +
                                    std::to_string(other.id) + " has " + beside.string());
    BOOST_TEST(fs::exists(beside));
    other.end(); // it is killed: its lock is nobody's
    BOOST_TEST(can_take(path));
    BOOST_TEST(!fs::exists(beside));
}

BOOST_AUTO_TEST_CASE(locks_that_name_no_process_of_this_host_grow_old) {
    for (const std::string who : {"", "0\n", "1\nanother.host.test\n", "who knows"}) {
        write_whole(beside, who);
        BOOST_TEST(refusal(path).contains(beside.string()), who);
        const utimbuf long_ago{1'700'000'000, 1'700'000'000};
        utime(beside.c_str(), &long_ago);
        BOOST_TEST(can_take(path), who);
    }
}

BOOST_AUTO_TEST_CASE(a_lock_of_a_predecessor_with_our_number_is_nobodys) {
    write_whole(beside, std::to_string(::getpid()) + "\n");
    BOOST_TEST(can_take(path));
}

BOOST_AUTO_TEST_CASE(others_are_kept_out) {
    auto mine = mbox_lock::take(path.string(), at_once);
    BOOST_REQUIRE(mine.has_value());
    other_process other([&] {
        if (lock_as_others(path)) _exit(1);
        if (::open(beside.c_str(), O_CREAT | O_EXCL, 0600) >= 0) _exit(1);
    });
    ::close(::open(path.c_str(), O_RDONLY)); // another thread reads: the lock stays
    BOOST_TEST(!can_take(path));
    std::ifstream lock(beside);
    int process = 0;
    BOOST_TEST((lock >> process && process == ::getpid()));
}

BOOST_AUTO_TEST_CASE(who_waits_gets_it) {
    auto mine = mbox_lock::take(path.string(), at_once);
    BOOST_REQUIRE(mine.has_value());
    std::promise<bool> could;
    auto later = std::async(std::launch::async, [&] {
        could.set_value(can_take(path));
        return mbox_lock::take(path.string(), long_enough).has_value();
    });
    BOOST_TEST(!could.get_future().get());
    { const auto ended = std::move(*mine); }
    BOOST_TEST(later.get());
    BOOST_TEST(names_beside() == std::vector<std::string>{"mbox"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_refused) {
    fs::create_directory(root / "folder");
    fs::create_symlink(path, root / "link");
    mkfifo((root / "pipe").c_str(), 0600);
    for (const char* name : {"folder", "link", "pipe", "nowhere/mbox"})
        BOOST_TEST(!can_take(root / name), name);
}

BOOST_AUTO_TEST_CASE(an_append_begins_behind_an_empty_line) {
    const std::pair<std::string, std::string> ends[] = {
        {"", ""}, {one, ""}, {one.substr(0, one.size() - 1), "\n"}, {one.substr(0, one.size() - 2), "\n\n"}};
    for (const auto& [before, border] : ends) {
        write_whole(path, before);
        auto held = opened()->lock([](const auto&) { return false; });
        BOOST_REQUIRE(held.has_value());
        const auto begin = (*held)->append(four);
        BOOST_REQUIRE(begin.has_value());
        BOOST_TEST(*begin == before.size() + border.size());
        (*held)->keep();
        BOOST_TEST(content() == before + border + four);
    }
}

BOOST_AUTO_TEST_CASE(an_append_that_is_not_kept_leaves_nothing) {
    for (const bool asked : {true, false}) {
        auto held = opened()->lock([](const auto&) { return false; });
        BOOST_REQUIRE((*held)->append(four).has_value());
        if (asked) (*held)->take_back();
    }
    BOOST_TEST(content() == one + two + three);
    BOOST_TEST(fs::file_size(root / "mbox.append") == 0u);
}

BOOST_AUTO_TEST_CASE(an_append_that_a_crash_cut_short) {
    const store::mbox_journal journal(root.string(), {});
    const std::string before = one + two;
    for (const bool delivery : {true, false})
        for (const std::string& behind : {std::string(), three})
            for (std::size_t part = 0; part <= four.size(); ++part) {
                const mbox_numbers numbers = delivery ? mbox_numbers{} : mbox_numbers{7, 9};
                BOOST_REQUIRE(journal.begin_append(before.size(), four, numbers).has_value());
                write_whole(path, before + four.substr(0, part) + behind);
                const bool whole = part == four.size();
                std::string expected = before + (delivery && whole ? four : "") + behind;
                // What another program wrote behind a part cannot be told from it: all of it stays.
                const bool unclear = !behind.empty() && part > 0 && !whole;
                if (unclear || (part == 0 && !behind.empty())) expected = content();
                BOOST_TEST_CONTEXT(part << " octets, " << behind.size() << " behind, delivery " << delivery) {
                    BOOST_TEST(mended() == expected);
                    BOOST_TEST(mended() == expected); // once is enough
                }
            }
    // The rows are there: then it was whole, and others may have done with it what they like.
    BOOST_REQUIRE(journal.begin_append(before.size(), four, {7, 9}).has_value());
    write_whole(path, before + four.substr(0, 20));
    BOOST_TEST(mended(true) == before + four.substr(0, 20));
}

BOOST_AUTO_TEST_CASE(a_part_with_mail_behind_it_is_told) {
    const store::mbox_journal journal(root.string(), {});
    BOOST_REQUIRE(journal.begin_append(one.size(), four, {}).has_value());
    write_whole(path, one + four.substr(0, 10) + three + three);
    (void)mended();
    BOOST_TEST(log == (root / "mbox.append").string() + ": a message of " + std::to_string(four.size()) +
                          " octets at octet " + std::to_string(one.size()) +
                          " was cut short by a crash, and another program has written behind it: the part "
                          "stays\n");
}

BOOST_AUTO_TEST_CASE(messages_are_taken_out_where_they_are) {
    const int open_elsewhere = ::open(path.c_str(), O_RDWR | O_APPEND);
    {
        auto held = opened()->lock([](const auto&) { return false; });
        const std::uint64_t at_three = one.size() + two.size();
        BOOST_REQUIRE((*held)->remove({{0, one.size()}, {at_three, three.size()}}).has_value());
    }
    BOOST_TEST(content() == two);
    BOOST_TEST(::write(open_elsewhere, four.data(), four.size()) == static_cast<ssize_t>(four.size()));
    ::close(open_elsewhere);
    BOOST_TEST(content() == two + four);
    BOOST_TEST(!exists("mbox.rewrite"));
    auto held = opened()->lock([](const auto&) { return false; });
    BOOST_REQUIRE((*held)->remove({{0, two.size() + four.size()}}).has_value());
    BOOST_TEST(content() == "");
}

// The journal as a crash leaves it, and the mbox at each octet of the way; others may have written behind it.
BOOST_AUTO_TEST_CASE(a_removal_that_a_crash_cut_short) {
    const std::string all = one + two + three, rest = one + three;
    const auto removed = [&](const std::string& behind, std::size_t copied, bool shortened) {
        write_whole(path, all);
        const int unwritable = ::open(path.c_str(), O_RDONLY);
        const store::mbox_journal journal(root.string(), {});
        BOOST_TEST(!journal.remove(unwritable, {{one.size(), two.size()}}).has_value());
        ::close(unwritable);
        BOOST_TEST(exists("mbox.rewrite"));
        std::string now = one + three.substr(0, copied) + all.substr(one.size() + copied);
        if (shortened) now.resize(rest.size());
        write_whole(path, now + behind);
        return mended();
    };
    for (const std::string& behind : {std::string(), four, four + four + four})
        for (std::size_t copied = 0; copied <= three.size(); ++copied)
            BOOST_TEST_CONTEXT(copied << " octets, " << behind.size() << " behind") {
                BOOST_TEST(removed(behind, copied, false) == rest + behind);
                BOOST_TEST(!exists("mbox.rewrite"));
            }
    for (const std::string& behind : {std::string(), four, four + four + four}) {
        BOOST_TEST(removed(behind, three.size(), true) == rest + behind);
        BOOST_TEST(!exists("mbox.rewrite"));
    }
    BOOST_TEST(log == "");
}

BOOST_AUTO_TEST_CASE(a_removal_that_another_program_has_made_meaningless) {
    write_whole(path, one + two + three);
    const int unwritable = ::open(path.c_str(), O_RDONLY);
    const store::mbox_journal journal(root.string(), {});
    BOOST_TEST(!journal.remove(unwritable, {{one.size(), two.size()}}).has_value());
    ::close(unwritable);
    write_whole(path, four);
    BOOST_TEST(mended() == four);
    BOOST_TEST(!exists("mbox.rewrite"));
    BOOST_TEST(log.contains("another program has changed it since"));
    std::size_t kept = 0;
    for (const auto& one_file : fs::directory_iterator(root))
        if (one_file.path().filename().string().starts_with("mbox.rewrite.left-"))
            kept += read_whole(one_file.path()).ends_with(three);
    BOOST_TEST(kept == 1u);
}

BOOST_AUTO_TEST_CASE(one_thread_after_the_other) {
    const auto file = opened(at_once);
    auto held = file->lock([](const auto&) { return false; });
    BOOST_REQUIRE(held.has_value());
    const auto second = file->lock();
    BOOST_REQUIRE(!second.has_value());
    BOOST_TEST(second.error().text == path.string() + " is in use by other sessions or deliveries");
    held->reset();
    BOOST_TEST(file->lock().has_value());
    BOOST_TEST(names_beside() == std::vector<std::string>{"mbox"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
