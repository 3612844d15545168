// One session and its model, for tests: literal responses in, violations out.
#pragma once
#include "harness/stress/session_model.hpp"

#include <boost/test/unit_test.hpp>

namespace mailspec::stress {

struct world_of_one {
    mailbox_truth truth{"box"};
    session_model model{"mine-1"};

    // The last line is the tagged response, if it is one.
    std::vector<std::string> hear(const asked& command, std::string octets, std::string condition = "OK") {
        std::vector<wire::imap_response> untagged;
        std::optional<wire::imap_response> tagged;
        while (!octets.empty()) {
            auto parsed = wire::parse_imap_response(octets);
            BOOST_REQUIRE(parsed.state == wire::imap_state::complete);
            octets.erase(0, parsed.used);
            if (parsed.response.what == wire::imap_response::kind::tagged)
                tagged = std::move(parsed.response);
            else
                untagged.push_back(std::move(parsed.response));
        }
        if (tagged) condition = tagged->condition;
        const answered answer{condition, &untagged, tagged ? &*tagged : nullptr};
        return model.heard(command, answer);
    }
    void fine(const asked& command, const std::string& octets) {
        const auto wrong = hear(command, octets);
        BOOST_TEST(wrong.empty(), "found in " << octets << ": " << (wrong.empty() ? "" : wrong.front()));
    }
    void finds(const asked& command, const std::string& octets, const std::string& words) {
        const auto wrong = hear(command, octets);
        BOOST_REQUIRE_MESSAGE(!wrong.empty(), "not found: " << words);
        BOOST_TEST(wrong.front() == words);
    }
    // What the session can go on after.
    void notes(const asked& command, const std::string& octets, const std::string& words) {
        fine(command, octets);
        const auto noted = model.formal();
        BOOST_REQUIRE_MESSAGE(!noted.empty(), "not noted: " << words);
        BOOST_TEST(noted.front().second == words);
    }
    void owes(const std::string& words) {
        const auto owed = model.owed();
        BOOST_REQUIRE_MESSAGE(!owed.empty(), "not owed: " << words);
        BOOST_TEST(owed.front() == words);
    }
    asked select() {
        asked command;
        command.what = kind::select;
        command.opens = &truth;
        return command;
    }
    // Two messages, UID 10 and 20, neither with a flag, MODSEQ 5 and 6.
    void open() {
        fine(select(), "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] so\r\n* OK [HIGHESTMODSEQ 6] so\r\n");
        fine({}, "* 1 FETCH (UID 10 FLAGS () MODSEQ (5))\r\n* 2 FETCH (UID 20 FLAGS () MODSEQ (6))\r\n");
    }
};

inline asked of(kind what, std::vector<std::uint64_t> numbers = {}, bool by_uid = false) {
    asked command;
    command.what = what;
    command.numbers = std::move(numbers);
    command.by_uid = by_uid;
    return command;
}

} // namespace mailspec::stress
