// What the tests of mailboxes on the disk share: an account in a temporary store, and messages for it.
#pragma once
#include "reference/store/maildir_account.hpp"
#include "reference/tests/store/mail_folder.hpp"

namespace store_tests {

namespace mailbox = refmail::mailbox;
namespace flag = refmail::mailbox::flag;
using kind = enum mailbox::trouble::kind;
using uids = std::vector<mailbox::uid>;

inline mailbox::to_append message(const std::string& body, mailbox::flag_set flags = 0) {
    mailbox::to_append one;
    one.octets = "Subject: " + body + "\r\n\r\n" + body + "\r\n";
    one.system_flags = flags;
    one.received = 1'700'000'000;
    return one;
}

inline std::string why(const auto& r) {
    return r ? "" : r.error().text;
}

inline uids ids_of(const std::vector<mailbox::record>& all) {
    uids ids;
    for (const auto& one : all)
        ids.push_back(one.id);
    return ids;
}

// Tests that say what they expect: everything works.
struct mail_account : mail_folder {
    using mail_folder::open;
    mail_account() { start(); }
    ~mail_account() { stop(); }

    void start() {
        mail_folder::open();
        auto opened = mail->account_of("alice");
        BOOST_REQUIRE_MESSAGE(opened.has_value(), why(opened));
        account = *opened;
    }
    void stop() {
        account.reset();
        mail.reset();
    }
    void restart() {
        stop();
        start();
    }
    // As where the kernel has no watches to give; nothing then happens but what the test does.
    void restart_without_inotify() {
        stop();
        store::mail_store::settings wanted;
        wanted.data = (root / "data").string();
        wanted.inotify = false;
        auto opened = store::mail_store::open(wanted);
        BOOST_REQUIRE(opened);
        mail = std::move(*opened);
        account = *mail->account_of("alice");
    }

    std::shared_ptr<mailbox::folder> box(const std::string& name = "INBOX") {
        auto opened = account->open(name);
        BOOST_REQUIRE_MESSAGE(opened.has_value(), why(opened));
        return *opened;
    }
    uids append(const std::string& name, std::vector<mailbox::to_append> messages) {
        auto done = account->append(name, std::move(messages));
        BOOST_REQUIRE_MESSAGE(done.has_value(), why(done));
        return done->ids;
    }
    void create(const std::string& name) {
        auto done = account->create(name, {});
        BOOST_REQUIRE_MESSAGE(done.has_value(), why(done));
    }
    static std::string octets(mailbox::folder& from, mailbox::uid id) {
        auto content = from.open(id);
        BOOST_REQUIRE_MESSAGE(content.has_value(), why(content));
        return std::string((*content)->octets());
    }
    static void store_flags(mailbox::folder& in, uids ids, mailbox::flag_set flags) {
        mailbox::flag_change change;
        change.flags = flags;
        auto done = in.store_flags(ids, change);
        BOOST_REQUIRE_MESSAGE(done.has_value(), why(done));
    }
    // What another program sees.
    std::vector<std::string> names_in(const std::string& part) const {
        std::vector<std::string> names;
        for (const auto& one : fs::directory_iterator(maildir() / part))
            if (one.is_regular_file()) names.push_back(one.path().filename());
        std::sort(names.begin(), names.end());
        return names;
    }
    fs::path maildir() const { return root / "data/maildir/alice"; }
    void put(const std::string& place, const std::string& text) const {
        std::ofstream(maildir() / "tmp/on-its-way", std::ios::binary) << text;
        fs::rename(maildir() / "tmp/on-its-way", maildir() / place);
    }

    std::shared_ptr<mailbox::account> account;
};

} // namespace store_tests
