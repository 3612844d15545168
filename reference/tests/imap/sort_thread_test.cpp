// SORT, THREAD and their UID forms: RFC 5256; RFC 5267 §3; RFC 7162 §3.1.9.
#include "reference/imap/header_facts.hpp"
#include "reference/imap/thread_forest.hpp"
#include "reference/tests/imap/selected_dialog.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace imap_tests;

namespace {

// A client of IMAP4rev1 with what is put there, in order.
struct mailbox_of : memory_account {
    memory_folder& inbox = at("INBOX");
    selected_dialog client{*this};

    std::string get(const std::string& command) {
        const auto all = client.untagged(command);
        return all.substr(0, all.size() - 2);
    }
    // Sent at this minute of 1 January 2024.
    void put(const std::string& id, const std::string& subject, int minute, const std::string& more = "") {
        const auto m = std::to_string(100 + minute).substr(1);
        inbox.put((id.empty() ? "" : "Message-ID: <" + id + ">\r\n") + "Subject: " + subject +
                  "\r\nDate: Mon, 1 Jan 2024 10:" + m + ":00 +0000\r\n" + more + "\r\n");
        client.run("NOOP");
    }
    static std::string refers_to(const std::string& ids) { return "References: " + ids + "\r\n"; }
};

std::string forest(const std::vector<imap::threaded_message>& messages) {
    imap::thread_forest trees;
    for (const auto& m : messages)
        trees.add_by_references(m);
    trees.finish_by_references();
    std::string out;
    trees.put(out);
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(imap_sort)

struct sorted : mailbox_of {
    sorted() {
        inbox.put("From: zoe@a.test\r\nTo: b@b.test\r\nSubject: Re: [list] beta\r\n"
                  "Date: Mon, 1 Jan 2024 12:00:00 +0000\r\n\r\n123",
                  0, 1000);
        inbox.put("From: \"Ann\" <Anna@a.test>\r\nTo: a@b.test\r\nCc: x@x.test\r\nSubject: alpha\r\n"
                  "Date: Mon, 1 Jan 2024 12:30:00 +0100\r\n\r\n",
                  0, 3000);
        // No Date: INTERNALDATE, which is 1970, stands in (RFC 5256 §2.2).
        inbox.put("Subject: =?utf-8?q?=C3=84pfel?=\r\n\r\n12345678901234567890", 0, 2000);
        inbox.put("From: =?utf-8?q?=C3=A4?= <m@a.test>\r\nSubject: BETA\r\nDate: garbage\r\n\r\n", 0, 4000);
        client.run("NOOP");
    }
};

BOOST_FIXTURE_TEST_CASE(criteria, sorted) {
    BOOST_TEST(get("SORT (ARRIVAL) UTF-8 ALL") == "* SORT 1 3 2 4");
    BOOST_TEST(get("SORT (reverse arrival) utf-8 all") == "* SORT 4 2 3 1");
    BOOST_TEST(get("SORT (DATE) UTF-8 ALL") == "* SORT 3 4 2 1");
    BOOST_TEST(get("SORT (REVERSE DATE) US-ASCII ALL") == "* SORT 1 2 4 3");
    BOOST_TEST(get("SORT (FROM) UTF-8 ALL") == "* SORT 3 2 4 1");
    BOOST_TEST(get("SORT (TO) UTF-8 ALL") == "* SORT 3 4 2 1");
    BOOST_TEST(get("SORT (CC) UTF-8 ALL") == "* SORT 1 3 4 2");
    BOOST_TEST(get("SORT (SIZE) UTF-8 ALL") == "* SORT 3 4 1 2");
    // Base subjects without letter case: alpha, beta, beta, apfel with its dots behind all of ASCII's a.
    BOOST_TEST(get("SORT (SUBJECT) UTF-8 1:2,4") == "* SORT 2 1 4");
    // RFC 5256 §3: REVERSE turns one criterion, not the order of the mailbox.
    BOOST_TEST(get("SORT (REVERSE SUBJECT) UTF-8 1:2,4") == "* SORT 1 4 2");
    BOOST_TEST(get("SORT (SUBJECT REVERSE DATE) UTF-8 1:2,4") == "* SORT 2 1 4");
    BOOST_TEST(get("SORT (SUBJECT DATE) UTF-8 1:2,4") == "* SORT 2 4 1");
    BOOST_TEST(get("UID SORT (SIZE) UTF-8 UID 2:*") == "* SORT 3 4 2");
    BOOST_TEST(get("SORT (SIZE) UTF-8 SUBJECT nothing") == "* SORT");
}

BOOST_FIXTURE_TEST_CASE(headers_are_looked_at_once, sorted) {
    get("SORT (SIZE ARRIVAL) UTF-8 ALL");
    BOOST_TEST(inbox.opened == 0);
    get("SORT (SUBJECT) UTF-8 ALL");
    BOOST_TEST(inbox.opened == 4);
    const auto first = get("SORT (DATE) UTF-8 ALL");
    get("THREAD REFERENCES UTF-8 ALL");
    BOOST_TEST(inbox.opened == 4);
    // Something that is no such text is made again.
    inbox.remember(1, "threading-1", "7:broken");
    BOOST_TEST(get("SORT (DATE) UTF-8 ALL") == first);
    BOOST_TEST(inbox.opened == 5);
}

BOOST_AUTO_TEST_CASE(remembered_facts_are_the_facts) {
    imap::header_facts facts;
    facts.sent = -5;
    facts.subject = "a:b 3:x\r\n";
    facts.is_reply = true;
    facts.to = "t";
    facts.id = "";
    facts.references = {"", "x@y", "5:"};
    BOOST_TEST((imap::header_facts_from(imap::to_text(facts)) == facts));
    const imap::header_facts empty;
    BOOST_TEST((imap::header_facts_from(imap::to_text(empty)) == empty));
    for (const std::string broken : {"", "1:", "1:a", "99999999999999999999:a", "2:-x0:0:0:0:0:0:", "x"})
        BOOST_TEST((imap::header_facts_from(broken) == std::nullopt));
}

BOOST_FIXTURE_TEST_CASE(extended_results, sorted) {
    BOOST_TEST(get("SORT RETURN (ALL COUNT) (SIZE) UTF-8 ALL") ==
               "* ESEARCH (TAG \"a\") ALL 3:4,1:2 COUNT 4");
    BOOST_TEST(get("UID SORT RETURN (MIN MAX) (DATE) UTF-8 ALL") == "* ESEARCH (TAG \"a\") UID MIN 3 MAX 1");
    BOOST_TEST(get("SORT RETURN (SAVE) (DATE) UTF-8 3:4") == "");
    BOOST_TEST(get("SEARCH $") == "* SEARCH 3 4");
}

BOOST_FIXTURE_TEST_CASE(mod_sequences, sorted) {
    BOOST_TEST(get("SORT (REVERSE SIZE) UTF-8 MODSEQ 4") ==
               "* OK [HIGHESTMODSEQ 5] Changes are counted from here\r\n* SORT 4 3 (MODSEQ 5)");
    BOOST_TEST(get("SORT (SIZE) UTF-8 MODSEQ 9") == "* SORT");
}

BOOST_FIXTURE_TEST_CASE(expunged_meanwhile, sorted) {
    inbox.expunge(std::vector<mailbox::uid>{2}, true);
    BOOST_TEST(get("SORT (DATE) UTF-8 ALL") == "* SORT 3 4 1");
    BOOST_TEST(get("UID SORT (DATE) UTF-8 ALL") == "* SORT 3 4 1\r\n* 2 EXPUNGE\r\n* 3 RECENT");
}

BOOST_DATA_TEST_CASE(mistakes_are_bad,
                     boost::unit_test::data::make({
                         "SORT",
                         "SORT ()",
                         "SORT () UTF-8 ALL",
                         "SORT DATE UTF-8 ALL",
                         "SORT (DATE) ALL",
                         "SORT (DATE) UTF-8",
                         "SORT (REVERSE) UTF-8 ALL",
                         "SORT (REVERSE REVERSE DATE) UTF-8 ALL",
                         "SORT (FOO) UTF-8 ALL",
                         "SORT (DATE) UTF-8 FOO",
                         "SORT (DATE) UTF-8 5",
                         "THREAD",
                         "THREAD FOO UTF-8 ALL",
                         "THREAD REFERENCES UTF-8",
                         "THREAD REFERENCES ALL",
                     }),
                     command) {
    sorted in;
    BOOST_TEST(in.client.run(command).starts_with("a BAD "));
}

BOOST_FIXTURE_TEST_CASE(unknown_charsets_are_no, sorted) {
    BOOST_TEST(client.run("SORT (DATE) x-nothing ALL").starts_with("a NO [BADCHARSET ("));
    BOOST_TEST(client.run("THREAD REFERENCES x-nothing ALL").starts_with("a NO [BADCHARSET ("));
    BOOST_TEST(client.run("SORT (FOO) UTF-8 ALL") == "a BAD expected ARRIVAL, CC, DATE, FROM, SIZE, SUBJECT "
                                                     "or TO, or REVERSE and one of them\r\n");
    BOOST_TEST(client.run("THREAD X UTF-8 ALL") == "a BAD expected ORDEREDSUBJECT or REFERENCES\r\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(imap_thread)

BOOST_FIXTURE_TEST_CASE(by_subject, mailbox_of) {
    put("", "b", 5);
    put("", "a", 9);
    put("", "Re: b", 3);
    put("", "a (fwd)", 10);
    put("", "c", 4);
    put("", "RE: B", 7);
    BOOST_TEST(get("THREAD ORDEREDSUBJECT UTF-8 ALL") == "* THREAD (3 (1)(6))(5)(2 4)");
    BOOST_TEST(get("UID THREAD ORDEREDSUBJECT UTF-8 2:4") == "* THREAD (3)(2 4)");
    BOOST_TEST(get("THREAD ORDEREDSUBJECT US-ASCII SUBJECT nothing") == "* THREAD");
}

BOOST_FIXTURE_TEST_CASE(by_references, mailbox_of) {
    put("1@a", "x", 1);
    put("2@a", "other", 2, refers_to("<1@a>"));
    put("3@a", "y", 3, refers_to("<1@a> <2@a>"));
    put("4@a", "z", 4, "In-Reply-To: Your message <1@a> of <9@a>\r\n");
    put("5@a", "alone", 5);
    BOOST_TEST(get("THREAD REFERENCES UTF-8 ALL") == "* THREAD (1 (2 3)(4))(5)");
    BOOST_TEST(get("THREAD references us-ascii 3:5") == "* THREAD ((3)(4))(5)");
}

BOOST_FIXTURE_TEST_CASE(quoting_makes_no_other_identifier, mailbox_of) {
    put("\"ab\"@xxx.test", "x", 1);
    put("2@a", "y", 2, refers_to("<ab@xxx.test>"));
    put("3@a", "z", 3, refers_to("<AB@xxx.test>"));
    BOOST_TEST(get("THREAD REFERENCES UTF-8 ALL") == "* THREAD (1 2)(3)");
}

BOOST_FIXTURE_TEST_CASE(parents_that_are_not_there, mailbox_of) {
    // Two replies to the same missing message stand together under nothing; one alone takes its place.
    put("2@a", "x", 1, refers_to("<gone@a>"));
    put("3@a", "y", 2, refers_to("<gone@a>"));
    put("4@a", "z", 3, refers_to("<lost@a> <lost2@a>"));
    BOOST_TEST(get("THREAD REFERENCES UTF-8 ALL") == "* THREAD ((1)(2))(3)");
}

BOOST_FIXTURE_TEST_CASE(doubled_identifiers_count_once, mailbox_of) {
    put("1@a", "x", 1);
    put("1@a", "y", 2);
    put("2@a", "z", 3, refers_to("<1@a>"));
    BOOST_TEST(get("THREAD REFERENCES UTF-8 ALL") == "* THREAD (1 3)(2)");
}

BOOST_FIXTURE_TEST_CASE(loops_are_not_made, mailbox_of) {
    put("1@a", "x", 1, refers_to("<2@a>"));
    put("2@a", "y", 2, refers_to("<1@a>"));
    put("3@a", "z", 3, refers_to("<3@a>"));
    put("4@a", "w", 4, refers_to("<4@a> <1@a> <4@a>"));
    const auto all = get("THREAD REFERENCES UTF-8 ALL");
    for (const char n : {'1', '2', '3', '4'})
        BOOST_TEST(std::count(all.begin(), all.end(), n) == 1);
}

BOOST_FIXTURE_TEST_CASE(a_truncated_reference_list_is_mended, mailbox_of) {
    // Message 1 was seen as a child of 3 first; its own references say otherwise.
    put("9@a", "w", 1, refers_to("<3@a> <1@a>"));
    put("1@a", "x", 2, refers_to("<2@a>"));
    put("2@a", "y", 3);
    put("3@a", "z", 4);
    BOOST_TEST(get("THREAD REFERENCES UTF-8 ALL") == "* THREAD (3 2 1)(4)");
}

BOOST_FIXTURE_TEST_CASE(the_same_subject_joins_threads, mailbox_of) {
    put("1@a", "lunch", 1);
    put("2@a", "Re: Lunch", 2);
    put("3@a", "Re: lunch", 3);
    BOOST_TEST(get("THREAD REFERENCES UTF-8 ALL") == "* THREAD (1 (2)(3))");
    put("4@a", "dinner", 4);
    put("5@a", "dinner", 5);
    // Neither is a reply: both under a dummy.
    BOOST_TEST(get("THREAD REFERENCES UTF-8 4:5") == "* THREAD ((4)(5))");
    put("6@a", "", 6);
    put("7@a", "Re:", 7);
    BOOST_TEST(get("THREAD REFERENCES UTF-8 6:7") == "* THREAD (6)(7)");
}

BOOST_FIXTURE_TEST_CASE(dummies_of_one_subject_become_one, mailbox_of) {
    put("1@a", "s", 1, refers_to("<x@a>"));
    put("2@a", "s", 2, refers_to("<x@a>"));
    put("3@a", "s", 3, refers_to("<y@a>"));
    put("4@a", "s", 4, refers_to("<y@a>"));
    put("5@a", "s", 5);
    BOOST_TEST(get("THREAD REFERENCES UTF-8 ALL") == "* THREAD ((1)(2)(3)(4)(5))");
}

BOOST_FIXTURE_TEST_CASE(the_original_is_found_behind_its_replies, mailbox_of) {
    // The table keeps the message that is no reply (RFC 5256 §3, 5.B.iv).
    put("1@a", "Re: s", 1);
    put("2@a", "s", 2);
    put("3@a", "Fwd: s", 3);
    BOOST_TEST(get("THREAD REFERENCES UTF-8 ALL") == "* THREAD (2 (1)(3))");
}

BOOST_FIXTURE_TEST_CASE(siblings_go_by_date, mailbox_of) {
    put("1@a", "x", 1);
    put("2@a", "Re: x", 9, refers_to("<1@a>"));
    put("3@a", "Re: x", 5, refers_to("<1@a>"));
    put("4@a", "Re: x", 5, refers_to("<1@a>"));
    put("5@a", "Re: x", 2, refers_to("<1@a> <2@a>"));
    BOOST_TEST(get("THREAD REFERENCES UTF-8 ALL") == "* THREAD (1 (3)(4)(2 5))");
}

BOOST_AUTO_TEST_CASE(a_chain_of_many_replies_is_no_bomb) {
    std::vector<imap::threaded_message> messages;
    std::string expected = "(";
    for (std::uint32_t i = 1; i <= 200'000; ++i) {
        imap::threaded_message m;
        m.number = i;
        m.sent = i;
        m.id = std::to_string(i);
        if (i > 1) m.references.push_back(std::to_string(i - 1));
        messages.push_back(m);
        expected += (i > 1 ? " " : "") + std::to_string(i);
    }
    BOOST_TEST((forest(messages) == expected + ")"));
}

// A message names a thousand others in 10 KB, and each would be a node for as long as the command runs.
BOOST_FIXTURE_TEST_CASE(references_to_too_many_strangers, mailbox_of) {
    const auto strangers = [](int of) {
        std::string ids;
        for (int i = 0; i < 1000; ++i)
            ids += "<" + std::to_string(of) + "." + std::to_string(i) + "@x>\r\n ";
        return ids;
    };
    for (int n = 0; n < 103; ++n)
        put("", "s", 1, refers_to(strangers(n)));
    BOOST_TEST(client.tagged("THREAD REFERENCES UTF-8 1:101") == "a OK THREAD completed\r\n");
    BOOST_TEST(client.tagged("THREAD REFERENCES UTF-8 ALL") ==
               "a NO [LIMIT] These messages refer to too many others\r\n");
    BOOST_TEST(client.tagged("THREAD ORDEREDSUBJECT UTF-8 ALL") == "a OK THREAD completed\r\n");
}

BOOST_FIXTURE_TEST_CASE(what_is_too_long_to_matter_is_cut, mailbox_of) {
    const auto long_id = std::string(2000, 'x');
    put("a@x", std::string(100'000, 's'), 1);
    put(long_id + "@x", std::string(100'000, 's') + "t", 2, refers_to("<a@x> <" + long_id + "@y>"));
    const auto facts = imap::header_facts_of(inbox, 2);
    BOOST_REQUIRE(facts);
    BOOST_TEST(facts->subject.size() == 1000u);
    BOOST_TEST(!facts->id);
    BOOST_TEST(facts->references == std::vector<std::string>{"a@x"}, boost::test_tools::per_element());
}

// In any order, without going up the whole chain for each.
BOOST_AUTO_TEST_CASE(a_chain_in_disorder_is_no_bomb) {
    constexpr std::uint32_t count = 100'000;
    imap::thread_forest trees;
    std::string expected = "(", out;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto n = static_cast<std::uint32_t>(i * 7919ull % count + 1); // each once
        imap::threaded_message m;
        m.number = n;
        m.sent = n;
        m.id = std::to_string(n);
        if (n > 1) m.references.push_back(std::to_string(n - 1));
        trees.add_by_references(m);
        expected += (i > 0 ? " " : "") + std::to_string(i + 1);
    }
    BOOST_TEST(trees.work() < 50u * count);
    trees.finish_by_references();
    trees.put(out);
    BOOST_TEST((out == expected + ")"));
}

BOOST_AUTO_TEST_CASE(a_chain_found_backwards_or_from_the_middle) {
    std::vector<imap::threaded_message> messages(3);
    for (std::uint32_t i = 0; i < 3; ++i)
        messages[i].number = i + 1, messages[i].sent = i, messages[i].subject = std::string(1, char('a' + i));
    messages[0].id = "c", messages[0].references = {"a", "b"};
    messages[1].id = "b", messages[1].references = {"a"};
    messages[2].id = "a";
    BOOST_TEST(forest(messages) == "(3 2 1)");
    messages[2].references = {"c"}; // a loop: the last link is not made
    BOOST_TEST(forest(messages) == "(3 2 1)");
}

BOOST_AUTO_TEST_SUITE_END()
