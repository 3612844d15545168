// The envelope file: an entry as it is written, octet for octet, earlier versions, and what is none.
#include "reference/queue/file.hpp"

#include <boost/test/unit_test.hpp>

using namespace refmail::queue;

BOOST_AUTO_TEST_SUITE(file)

namespace {

entry full() {
    entry e;
    e.id = "s1-1";
    e.sender = "alice@example.test";
    e.envelope_id = "QQ+2B1";
    e.ret = entry::ret::headers;
    e.body = entry::body::eight_bit_mime;
    e.smtputf8 = e.require_tls = true;
    e.user = "alice";
    e.submitter = "<>";
    e.from_host = "client.test";
    e.from_address = "192.0.2.1";
    e.received = 1795325990;
    e.size = 22;
    e.has_eight_bit = true;
    e.attempts = 2;
    e.next_attempt = 1795327790;
    e.held = true;
    recipient ann;
    ann.address = "ann@elsewhere.test";
    ann.original_type = "rfc822";
    ann.original = "Ann@elsewhere.test";
    ann.accepted_as = "all@example.test";
    ann.notify = {true, false, true, false, true};
    ann.last_host = "mx.elsewhere.test";
    ann.last_reply = "450-4.2.1 busy\n450 4.2.1 later";
    ann.status = "4.2.1";
    ann.last_attempt = 1795325991;
    ann.delay_reported = true;
    recipient ben;
    ben.address = "ben@elsewhere.test";
    ben.state = recipient::state::done;
    ben.notify.given = ben.notify.never = true;
    e.recipients = {ann, ben};
    return e;
}

std::string complaint(std::string_view text) {
    const auto read = entry_from_json(text);
    return read ? "none" : read.error();
}

} // namespace

BOOST_AUTO_TEST_CASE(as_it_is_written) {
    entry e;
    e.id = "s1-2";
    e.received = e.next_attempt = 1795325990;
    e.size = 7;
    e.recipients.emplace_back().address = "ann@elsewhere.test";
    BOOST_TEST(
        to_json(e) ==
        "{\"format\":2,\"id\":\"s1-2\",\"sender\":\"\",\"received\":1795325990,\"size\":7,\"attempts\":0,"
        "\"next_attempt\":1795325990,\"recipients\":[{\"address\":\"ann@elsewhere.test\","
        "\"state\":\"waiting\"}]}\n");
    BOOST_TEST(to_json(full()).contains("\"notify\":\"SUCCESS,DELAY\""));
    BOOST_TEST(to_json(full()).contains("\"ret\":\"HDRS\",\"body\":\"8BITMIME\""));
}

BOOST_AUTO_TEST_CASE(what_was_written_is_read) {
    const auto read = entry_from_json(to_json(full()));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((*read == full()));
}

BOOST_AUTO_TEST_CASE(keys_of_a_later_version_are_passed_over) {
    BOOST_TEST(complaint(R"({"format":2,"id":"a","sender":"","colour":"red",
                             "recipients":[{"address":"a@b.test","state":"waiting"}]})") == "none");
}

BOOST_AUTO_TEST_CASE(format_1_of_earlier_versions_is_due_at_once) {
    const auto read = entry_from_json(
        R"({"format":1,"id":"6b028a684cf78e33-2-1","state":"held","sender":"bob@example.test",)"
        R"("recipients":["ann@elsewhere.test"],"body":"8BITMIME","user":"bob","received":"2026-11-22T05:39:50Z"})");
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->id == "6b028a684cf78e33-2-1");
    BOOST_TEST(read->sender == "bob@example.test");
    BOOST_TEST(read->recipients.at(0).address == "ann@elsewhere.test");
    BOOST_TEST((read->body == entry::body::eight_bit_mime));
    BOOST_TEST(read->received == 1795325990);
    BOOST_TEST(read->next_attempt == 1795325990);
    BOOST_TEST(!read->held);
}

BOOST_AUTO_TEST_CASE(what_is_none_says_why) {
    BOOST_TEST(complaint("{\"format\":2").starts_with("no JSON: "));
    BOOST_TEST(complaint("[]") == "not a JSON object");
    BOOST_TEST(complaint("{\"format\":3}") == "\"format\" is neither 1 nor 2: written by another version");
    BOOST_TEST(complaint("{\"format\":2}") == "\"id\" is missing");
    BOOST_TEST(complaint("{\"format\":2,\"id\":7}") == "\"id\" is no string");
    BOOST_TEST(complaint(R"({"format":2,"id":"a","sender":""})") == "\"recipients\" is no list");
    BOOST_TEST(complaint(R"({"format":2,"id":"a","sender":"","size":-1})") == "\"size\" is no number");
    BOOST_TEST(complaint(R"({"format":2,"id":"a","sender":"","held":1})") ==
               "\"held\" is neither true nor false");
    BOOST_TEST(complaint(R"({"format":2,"id":"a","sender":"","ret":"SOME"})") ==
               "\"ret\" is 'SOME', which means nothing");
    BOOST_TEST(
        complaint(R"({"format":2,"id":"a","sender":"","recipients":[{"address":"a","state":"lost"}]})") ==
        "\"state\" is 'lost', which means nothing");
    BOOST_TEST(complaint(R"({"format":2,"id":"a","sender":"",
                             "recipients":[{"address":"a","state":"waiting","notify":"OFTEN"}]})") ==
               "\"notify\" is not what NOTIFY may be");
    BOOST_TEST(complaint(R"({"format":1,"id":"a","sender":"","received":"noon","recipients":["a"]})") ==
               "\"received\" is no time");
    BOOST_TEST(
        complaint(
            R"({"format":1,"id":"a","sender":"","received":"2026-11-22T05:39:50Z","recipients":[1]})") ==
        "\"recipients\" is no list of addresses");
}

BOOST_AUTO_TEST_SUITE_END()
