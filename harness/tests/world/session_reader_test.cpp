// Reading delivered mail by IMAP and by POP3, from servers of canned answers in memory.
#include "harness/world/session_reader.hpp"
#include "net/memory_stream.hpp"
#include "net/run.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <map>

using namespace mailspec::world;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(session_reader)

namespace {

struct server {
    std::string greeting;
    std::map<std::string, std::string>
        answers; // by the first word behind the tag, or the line; TAG is the tag
    std::vector<std::string> lines;
    int connections = 0;
};

net::task<void> serve(std::shared_ptr<net::byte_stream> stream, server& s, bool imap) {
    const auto until = net::deadline::in(120s);
    (void)co_await stream->write(s.greeting, until);
    std::string unread;
    for (;;) {
        std::array<char, 4096> piece;
        const std::span<char> room(piece);
        const auto got = co_await stream->read_some(room, until);
        if (!got) co_return;
        unread.append(piece.data(), *got);
        for (auto end = unread.find("\r\n"); end != unread.npos; end = unread.find("\r\n")) {
            const auto line = unread.substr(0, end);
            unread.erase(0, end + 2);
            const auto tag = imap ? line.substr(0, line.find(' ')) : "";
            const auto command = imap ? line.substr(line.find(' ') + 1) : line;
            s.lines.push_back(command);
            auto at = s.answers.find(command);
            if (at == s.answers.end()) at = s.answers.find(command.substr(0, command.find(' ')));
            auto text = at != s.answers.end() ? at->second : imap ? "TAG OK\r\n" : "+OK\r\n";
            if (const auto place = text.find("TAG"); place != text.npos) text.replace(place, 3, tag);
            (void)co_await stream->write(text, until);
        }
    }
}

reading_service service_of(server& s, bool imap) {
    reading_service service;
    service.patience = 1s;
    service.connect = [&s, imap](net::deadline) -> net::task<net::result<net::stream_ptr>> {
        ++s.connections;
        const auto on = co_await boost::asio::this_coro::executor;
        auto [ours, theirs] = net::memory_pair(on);
        std::shared_ptr<net::byte_stream> far(std::move(theirs));
        std::function<net::task<void>()> work = [far, &s, imap] { return serve(far, s, imap); };
        co_await net::spawn_beside(std::move(work));
        co_return std::move(ours);
    };
    return service;
}

const mailbox_owner ann{"ann", "ann-pw", "ann@example.test"};

std::string fetch_of(int uid, const std::string& message) {
    return "* 1 FETCH (UID " + std::to_string(uid) + " BODY[] {" + std::to_string(message.size()) + "}\r\n" +
           message + ")\r\n";
}

} // namespace

BOOST_AUTO_TEST_CASE(by_imap_new_messages_are_fetched_once) {
    server s;
    s.greeting = "* OK [CAPABILITY IMAP4rev1] ready\r\n";
    s.answers["LOGIN"] = "TAG OK [CAPABILITY IMAP4rev1] in\r\n";
    s.answers["EXAMINE"] = "* 2 EXISTS\r\nTAG OK\r\n";
    s.answers["FETCH"] =
        fetch_of(7, "Subject: t0k3n\r\n\r\nx\r\n") + fetch_of(8, "Subject: else\r\n\r\n") + "TAG OK\r\n";
    s.answers["UID"] =
        fetch_of(8, "Subject: else\r\n\r\n") + fetch_of(9, "Subject: t0k3n two\r\n\r\n") + "TAG OK\r\n";
    net::run([&]() -> net::task<void> {
        const auto reader = imap_reader(service_of(s, true));
        const auto first = co_await reader->find(ann, "t0k3n");
        BOOST_REQUIRE(first);
        BOOST_REQUIRE(first->size() == 1u);
        BOOST_TEST(first->front() == "Subject: t0k3n\r\n\r\nx\r\n");
        const auto second = co_await reader->find(ann, "t0k3n");
        BOOST_REQUIRE(second);
        BOOST_TEST(second->size() == 2u);
    });
    BOOST_TEST(s.connections == 1);
    BOOST_TEST(s.lines.at(0) == "LOGIN \"ann\" \"ann-pw\"");
    BOOST_TEST(s.lines.at(1) == "EXAMINE INBOX");
    BOOST_TEST(s.lines.at(2) == "FETCH 1:* (UID BODY.PEEK[])");
    BOOST_TEST(s.lines.at(3) == "EXAMINE INBOX");
    BOOST_TEST(s.lines.at(4) == "UID FETCH 9:* (UID BODY.PEEK[])");
}

// RFC 9051 §7.5.2: nothing says that responses to FETCH come in order.
BOOST_AUTO_TEST_CASE(by_imap_the_order_of_responses_is_of_no_account) {
    server s;
    s.greeting = "* OK [CAPABILITY IMAP4rev1] ready\r\n";
    s.answers["LOGIN"] = "TAG OK [CAPABILITY IMAP4rev1] in\r\n";
    s.answers["EXAMINE"] = "* 2 EXISTS\r\nTAG OK\r\n";
    s.answers["FETCH"] =
        fetch_of(8, "Subject: t0k3n two\r\n\r\n") + fetch_of(7, "Subject: t0k3n one\r\n\r\n") + "TAG OK\r\n";
    net::run([&]() -> net::task<void> {
        const auto reader = imap_reader(service_of(s, true));
        const auto found = co_await reader->find(ann, "t0k3n");
        BOOST_REQUIRE(found);
        const std::vector<std::string> wanted = {"Subject: t0k3n one\r\n\r\n", "Subject: t0k3n two\r\n\r\n"};
        BOOST_TEST(*found == wanted, boost::test_tools::per_element());
    });
}

// RFC 9051 §2.3.1.1: with another UIDVALIDITY UIDs begin anew, as after a RENAME of INBOX.
BOOST_AUTO_TEST_CASE(by_imap_a_mailbox_that_begins_anew_is_read_anew) {
    server s;
    s.greeting = "* OK [CAPABILITY IMAP4rev1] ready\r\n";
    s.answers["LOGIN"] = "TAG OK [CAPABILITY IMAP4rev1] in\r\n";
    s.answers["EXAMINE"] = "* 1 EXISTS\r\n* OK [UIDVALIDITY 1] ids\r\nTAG OK\r\n";
    s.answers["FETCH"] = fetch_of(70, "Subject: t0k3n old\r\n\r\n") + "TAG OK\r\n";
    net::run([&]() -> net::task<void> {
        const auto reader = imap_reader(service_of(s, true));
        const auto before = co_await reader->find(ann, "t0k3n");
        BOOST_REQUIRE(before);
        BOOST_TEST(before->size() == 1u);
        s.answers["EXAMINE"] = "* 1 EXISTS\r\n* OK [UIDVALIDITY 2] ids\r\nTAG OK\r\n";
        s.answers["FETCH"] = fetch_of(1, "Subject: t0k3n new\r\n\r\n") + "TAG OK\r\n";
        const auto after = co_await reader->find(ann, "t0k3n");
        BOOST_REQUIRE(after);
        const std::vector<std::string> wanted = {"Subject: t0k3n new\r\n\r\n"};
        BOOST_TEST(*after == wanted, boost::test_tools::per_element());
    });
}

BOOST_AUTO_TEST_CASE(by_imap_a_refused_login_is_a_sentence) {
    server s;
    s.greeting = "* OK [CAPABILITY IMAP4rev1] ready\r\n";
    s.answers["LOGIN"] = "TAG NO wrong\r\n";
    net::run([&]() -> net::task<void> {
        const auto reader = imap_reader(service_of(s, true));
        const auto found = co_await reader->find(ann, "t0k3n");
        BOOST_REQUIRE(!found);
        BOOST_TEST(
            found.error().text ==
            R"(the mailbox of ann cannot be read by IMAP: LOGIN was answered by "m1 NO wrong\r\n" (as ann))");
    });
}

BOOST_AUTO_TEST_CASE(a_response_without_end_is_one) {
    server imap;
    imap.greeting = "* OK [CAPABILITY IMAP4rev1] ready\r\n";
    imap.answers["LOGIN"] = "TAG OK [CAPABILITY IMAP4rev1] in\r\n";
    for (int i = 0; i < 150'001; ++i)
        imap.answers["EXAMINE"] += "* 1 EXISTS\r\n";
    imap.answers["EXAMINE"] += "TAG OK\r\n";
    server pop3;
    pop3.greeting = "+OK ready\r\n";
    pop3.answers = {{"CAPA", "-ERR\r\n"}, {"UIDL", "+OK\r\n" + std::string(65 << 20, 'x')}};
    net::run([&]() -> net::task<void> {
        auto by = service_of(imap, true);
        by.patience = 120s; // many megabytes, and a machine that has other things to do
        const auto by_imap = imap_reader(by);
        const auto found = co_await by_imap->find(ann, "t0k3n");
        BOOST_REQUIRE(!found);
        BOOST_TEST(found.error().text ==
                   "the mailbox of ann cannot be read by IMAP: EXAMINE INBOX: its answer has no end");
        by = service_of(pop3, false);
        by.patience = 120s;
        const auto by_pop3 = pop3_reader(by);
        const auto listed = co_await by_pop3->find(ann, "t0k3n");
        BOOST_REQUIRE(!listed);
        BOOST_TEST(listed.error().text ==
                   "the mailbox of ann cannot be read by POP3: its response has no end");
    });
}

BOOST_AUTO_TEST_CASE(by_pop3_what_is_known_is_not_read_again) {
    server s;
    s.greeting = "+OK ready\r\n";
    s.answers = {{"CAPA", "-ERR\r\n"},
                 {"UIDL", "+OK\r\n1 a\r\n2 b\r\n.\r\n"},
                 {"RETR 1", "+OK\r\nSubject: t0k3n\r\n\r\n..x\r\n.\r\n"},
                 {"RETR 2", "+OK\r\nSubject: else\r\n.\r\n"}};
    net::run([&]() -> net::task<void> {
        const auto reader = pop3_reader(service_of(s, false));
        for (int look = 0; look < 2; ++look) {
            const auto found = co_await reader->find(ann, "t0k3n");
            BOOST_REQUIRE(found);
            BOOST_REQUIRE(found->size() == 1u);
            BOOST_TEST(found->front() == "Subject: t0k3n\r\n\r\n.x\r\n");
        }
    });
    BOOST_TEST(s.connections == 2); // a maildrop is a snapshot
    BOOST_TEST(std::ranges::count(s.lines, "RETR 1") == 1);
    BOOST_TEST(s.lines.back() == "QUIT");
}

// RFC 6856 §2.1: without it one message in UTF-8 would make all of them unreadable.
BOOST_AUTO_TEST_CASE(by_pop3_utf8_is_asked_for_before_the_password) {
    for (const char* answer : {"+OK\r\n", "-ERR not now\r\n"}) {
        server s;
        s.greeting = "+OK ready\r\n";
        s.answers = {{"CAPA", "+OK\r\nUSER\r\nUTF8\r\n.\r\n"},
                     {"UTF8", answer},
                     {"UIDL", "+OK\r\n1 a\r\n.\r\n"},
                     {"RETR 1", "+OK\r\nSubject: t0k3n\r\n.\r\n"}};
        net::run([&]() -> net::task<void> {
            const auto reader = pop3_reader(service_of(s, false));
            const auto found = co_await reader->find(ann, "t0k3n");
            BOOST_REQUIRE(found);
            BOOST_TEST(found->size() == 1u);
        });
        const std::vector<std::string> wanted = {"CAPA", "UTF8", "USER ann", "PASS ann-pw"};
        s.lines.resize(4);
        BOOST_TEST(s.lines == wanted, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_SUITE_END()
