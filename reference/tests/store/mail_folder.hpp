// What the store's tests share: a store in a temporary folder, a blocking commit, and a look at
// what lies in a folder.
#pragma once
#include "reference/store/draft.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>

namespace store_tests {

namespace fs = std::filesystem;
namespace store = refmail::store;

inline std::string read_whole(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

inline std::vector<std::string> contents_of(const fs::path& folder) {
    std::vector<std::string> contents;
    if (fs::exists(folder))
        for (const auto& entry : fs::directory_iterator(folder))
            if (entry.is_regular_file()) contents.push_back(read_whole(entry.path()));
    std::sort(contents.begin(), contents.end());
    return contents;
}

struct mail_folder {
    mail_folder() {
        std::string pattern = (fs::temp_directory_path() / "store_test_XXXXXX").string();
        root = mkdtemp(pattern.data());
    }
    ~mail_folder() {
        mail.reset();
        fs::remove_all(root);
    }

    store::mail_store& open(std::size_t memory = 1 << 18) {
        store::mail_store::settings wanted;
        wanted.data = (root / "data").string();
        wanted.host = "mx.example.test";
        wanted.threads = 4;
        wanted.memory_per_message = memory;
        auto opened = store::mail_store::open(wanted);
        BOOST_REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().text));
        mail = std::move(*opened);
        return *mail;
    }

    fs::path fresh(const std::string& user) const { return root / "data/maildir" / user / "new"; }
    fs::path tmp(const std::string& user) const { return root / "data/maildir" / user / "tmp"; }
    fs::path queue() const { return root / "data/queue"; }

    fs::path root;
    std::unique_ptr<store::mail_store> mail;
};

inline store::delivery into(const std::string& user, const std::string& sender = "joe@example.test") {
    store::delivery d;
    d.user = user;
    d.first_line = "Return-Path: <" + sender + ">\n";
    return d;
}

inline store::delivery onward(const std::string& id, const std::vector<std::string>& recipients) {
    store::delivery d;
    d.entry.id = id;
    d.entry.sender = "alice@example.test";
    d.entry.received = d.entry.next_attempt = 1795325990;
    for (const auto& address : recipients) {
        refmail::queue::recipient r;
        r.address = address;
        d.entry.recipients.push_back(r);
    }
    return d;
}

inline std::vector<store::delivered> commit(const std::shared_ptr<store::draft>& message,
                                            bool one_for_all = true) {
    std::promise<std::vector<store::delivered>> promise;
    message->commit(one_for_all,
                    [&](std::vector<store::delivered> all) { promise.set_value(std::move(all)); });
    return promise.get_future().get();
}

} // namespace store_tests
