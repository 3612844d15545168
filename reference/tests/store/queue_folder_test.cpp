// The queue on the disk: entries appear whole, change whole, go envelope first, and come back line by line.
#include "reference/store/queue_folder.hpp"
#include "reference/tests/store/mail_folder.hpp"

using namespace store_tests;
namespace queue_names = refmail::queue;

namespace {

struct queue_fixture : mail_folder {
    queue_names::entry put(const std::string& id, std::string_view content, bool binary = false) {
        auto one = onward(id, {"ann@elsewhere.test", "\"b c\"@other.test"});
        if (binary) one.entry.body = queue_names::entry::body::binary_mime;
        auto message = std::make_shared<store::draft>(*mail, std::vector{one}, binary);
        message->append(content);
        const auto done = commit(message);
        BOOST_REQUIRE(done[0].outcome.has_value());
        return message->deliveries()[0].entry;
    }
    std::string content(const queue_names::entry& e) {
        auto opened = store::queued_message::open(*mail, e);
        BOOST_REQUIRE(opened.has_value());
        std::string whole;
        for (;;) {
            auto more = opened->read();
            BOOST_REQUIRE(more.has_value());
            if (more->empty()) return whole;
            whole += *more;
        }
    }
    store::result<void> outcome;
    store::commit_group::done noted() {
        return [this](store::result<void> it) { outcome = std::move(it); };
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_folder, queue_fixture)

BOOST_AUTO_TEST_CASE(an_entry_is_a_message_and_an_envelope_that_tells_its_size) {
    open();
    const auto made = put("q1", "Subject: out\r\n\r\nbody\r\n");
    BOOST_TEST(read_whole(queue() / "q1.message") == "Subject: out\n\nbody\n");
    BOOST_TEST(made.size == 22u); // with CRLF, as SIZE announces it
    BOOST_TEST(!made.has_eight_bit);
    const auto read = store::read_entry(*mail, "q1");
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((*read == made));
    BOOST_TEST(contents_of(queue() / "tmp").empty());
}

BOOST_AUTO_TEST_CASE(eight_bit_content_is_known_as_such) {
    open();
    BOOST_TEST(put("q1", "Subject: out\r\n\r\n\xc3\xb6l\r\n").has_eight_bit);
}

BOOST_AUTO_TEST_CASE(content_comes_back_with_its_line_ends) {
    open();
    BOOST_TEST(content(put("q1", "Subject: out\r\n\r\n\r\n.\r\nno end")) ==
               "Subject: out\r\n\r\n\r\n.\r\nno end");
    std::string large;
    for (int line = 0; line < 20000; ++line)
        large += "line " + std::to_string(line) + "\r\n";
    BOOST_TEST((content(put("q2", large)) == large));
}

// RFC 3030: in binary content CR and LF are octets like others.
BOOST_AUTO_TEST_CASE(binary_content_comes_back_octet_for_octet) {
    open();
    const std::string octets("Subject: x\r\n\r\n\n\r\r\n\0\xff\n", 20);
    const auto made = put("q1", octets, true);
    BOOST_TEST(content(made) == octets);
    BOOST_TEST(made.size == octets.size());
}

BOOST_AUTO_TEST_CASE(an_update_replaces_the_envelope) {
    open();
    auto entry = put("q1", "x\r\n");
    entry.attempts = 3;
    entry.recipients[0].state = queue_names::recipient::state::done;
    store::update_entry(*mail, entry, noted());
    BOOST_REQUIRE(outcome.has_value());
    BOOST_TEST((*store::read_entry(*mail, "q1") == entry));
    BOOST_TEST(contents_of(queue() / "tmp").empty());
}

BOOST_AUTO_TEST_CASE(what_is_removed_is_gone_and_may_be_removed_again) {
    open();
    put("q1", "x\r\n");
    store::remove_entry(*mail, "q1", noted());
    BOOST_TEST(outcome.has_value());
    BOOST_TEST(contents_of(queue()).empty());
    BOOST_TEST((store::read_entry(*mail, "q1").error().kind == store::disk_error::kind::missing));
    store::remove_entry(*mail, "q1", noted());
    BOOST_TEST(outcome.has_value());
}

BOOST_AUTO_TEST_CASE(a_crash_leaves_nothing_behind_but_whole_entries) {
    auto& store = open();
    put("q2", "x\r\n");
    for (const char* name : {"tmp/half", "q1.message"})
        std::ofstream(queue() / name) << "x";
    const auto found = store::tidy_queue(store);
    BOOST_TEST(found.leftovers_removed == 2u);
    BOOST_TEST((found.ids == std::vector<std::string>{"q2"}));
    BOOST_TEST(contents_of(queue() / "tmp").empty());
    BOOST_TEST(!fs::exists(queue() / "q1.message"));
    BOOST_TEST(fs::exists(queue() / "q2.message"));
}

BOOST_AUTO_TEST_CASE(an_envelope_that_makes_no_sense_says_why) {
    open();
    std::ofstream(queue() / "q1.envelope") << "{";
    const auto broken = store::read_entry(*mail, "q1");
    BOOST_REQUIRE(!broken.has_value());
    BOOST_TEST(broken.error().text.starts_with("cannot understand " + (queue() / "q1.envelope").string() +
                                               ": no JSON: "));
    put("q2", "x\r\n");
    fs::copy_file(queue() / "q2.envelope", queue() / "q3.envelope");
    BOOST_TEST(store::read_entry(*mail, "q3").error().text.ends_with(": it calls itself q2"));
}

BOOST_AUTO_TEST_SUITE_END()
