// A full disk is told apart from other trouble, and what was there before stays whole.
#include "reference/tests/store/mail_folder.hpp"

#include <csignal>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

using namespace store_tests;

BOOST_FIXTURE_TEST_SUITE(disk_full, mail_folder)

// A limit on the length of files stands in for a quota; it needs no privilege.
struct file_size_limit {
    explicit file_size_limit(rlim_t octets) {
        old_handler = std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &old_limit);
        rlimit wanted = old_limit;
        wanted.rlim_cur = octets;
        setrlimit(RLIMIT_FSIZE, &wanted);
    }
    ~file_size_limit() {
        setrlimit(RLIMIT_FSIZE, &old_limit);
        std::signal(SIGXFSZ, old_handler);
    }
    rlimit old_limit{};
    void (*old_handler)(int) = nullptr;
};

static void deliver_too_much(mail_folder& in, store::mail_store& mail) {
    auto message = std::make_shared<store::draft>(mail, std::vector{into("alice")});
    for (int i = 0; i < 1000; ++i)
        message->append(std::string(998, 'x') + "\r\n");
    const auto done = commit(message);
    BOOST_REQUIRE(!done[0].outcome.has_value());
    BOOST_TEST((done[0].outcome.error().kind == store::disk_error::kind::no_space));
    BOOST_TEST(done[0].outcome.error().text.find("cannot write ") == 0);
    message.reset();
    BOOST_TEST(contents_of(in.tmp("alice")).empty()); // the room is given back
}

static void deliver_a_little(store::mail_store& mail) {
    auto message = std::make_shared<store::draft>(mail, std::vector{into("alice")});
    message->append("little\r\n");
    const auto done = commit(message);
    BOOST_TEST(done[0].outcome.has_value());
}

BOOST_AUTO_TEST_CASE(a_file_that_may_not_grow) {
    auto& mail = open();
    deliver_a_little(mail);
    {
        const file_size_limit small(100'000);
        deliver_too_much(*this, mail);
    }
    BOOST_TEST(contents_of(fresh("alice")).size() == 1u);
    deliver_a_little(mail);
    BOOST_TEST(contents_of(fresh("alice")).size() == 2u);
}

BOOST_AUTO_TEST_CASE(spilling_into_a_full_disk_is_kept_for_commit) {
    auto& mail = open(10'000);
    const file_size_limit small(50'000);
    auto message = std::make_shared<store::draft>(mail, std::vector{into("alice")});
    for (int i = 0; i < 200; ++i) {
        message->append(std::string(998, 'x') + "\r\n");
        if (message->spill_due()) message->spill();
    }
    const auto done = commit(message);
    BOOST_REQUIRE(!done[0].outcome.has_value());
    BOOST_TEST((done[0].outcome.error().kind == store::disk_error::kind::no_space));
    BOOST_TEST(contents_of(fresh("alice")).empty());
}

// A file system of 512 KiB in a mount namespace of this thread's own: where we may.
BOOST_AUTO_TEST_CASE(a_file_system_without_room) {
    const bool possible = ::unshare(CLONE_NEWNS) == 0 &&
                          ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                          ::mount("tmpfs", root.c_str(), "tmpfs", 0, "size=512k") == 0;
    if (!possible) {
        BOOST_TEST_MESSAGE("no right to mount: only the quota cases were run");
        return;
    }
    auto& mail = open();
    deliver_a_little(mail);
    deliver_too_much(*this, mail);
    deliver_a_little(mail);
    BOOST_TEST(contents_of(fresh("alice")).size() == 2u);
    this->mail.reset();
    ::umount(root.c_str());
}

BOOST_AUTO_TEST_CASE(trouble_of_another_kind_is_not_called_full) {
    std::ofstream(root / "data") << "a file";
    store::mail_store::settings wanted;
    wanted.data = (root / "data").string();
    const auto opened = store::mail_store::open(wanted);
    BOOST_REQUIRE(!opened);
    BOOST_TEST((opened.error().kind == store::disk_error::kind::failed));
    BOOST_TEST(opened.error().text ==
               "cannot create folder " + (root / "data/maildir").string() + ": Not a directory");
}

BOOST_AUTO_TEST_SUITE_END()
