// What `refmaild queue` prints, and the spans of time that the control port reads.
#include "reference/daemon/control_requests.hpp"
#include "reference/daemon/queue_command.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

using namespace refmail::daemon;

BOOST_AUTO_TEST_SUITE(queue_command)

namespace {

boost::json::object object(const std::string& text) {
    return boost::json::parse(text).as_object();
}

const std::string now = "2026-11-22T09:52:02Z";

} // namespace

BOOST_AUTO_TEST_CASE(an_empty_queue) {
    BOOST_TEST(list_text(object(R"({"total":0,"messages":[]})")) == "The queue is empty.\n");
}

BOOST_AUTO_TEST_CASE(a_message_that_waits) {
    const auto answer = object(R"({"now":"2026-11-22T09:52:02Z","total":3,"messages":[
        {"id":"s1-1","state":"waiting","sender":"alice@example.test","received":"2026-11-22T09:37:02Z","size":347,
         "attempts":2,"next_attempt":"2026-11-22T10:22:02Z","recipients":[
           {"address":"ann@remote.test","state":"waiting","last_host":"mx.remote.test",
            "last_reply":"450-4.2.1 busy\n450 4.2.1 later"},
           {"address":"ben@remote.test","state":"done"}]}]})");
    BOOST_TEST(list_text(answer) == "3 messages in the queue\n\n"
                                    "s1-1  waiting, 2 attempts, next in 30 min\n"
                                    "  from  alice@example.test, 347 octets, 15 min ago\n"
                                    "  to    ann@remote.test\n"
                                    "        mx.remote.test said: 450-4.2.1 busy / 450 4.2.1 later\n"
                                    "  to    ben@remote.test, done\n"
                                    "\nand 2 more\n");
}

BOOST_AUTO_TEST_CASE(one_that_was_not_tried_because_its_host_is_down) {
    const auto message =
        object(R"({"id":"s1-2","state":"waiting","sender":"","received":"2026-11-22T09:52:02Z",
        "size":1,"attempts":0,"because":"no connection: refused","recipients":[
           {"address":"ann@remote.test","state":"waiting"}]})");
    BOOST_TEST(message_text(message, now) == "s1-2  waiting\n"
                                             "  from  <>, 1 octet, now\n"
                                             "  to    ann@remote.test\n"
                                             "  because: no connection: refused\n");
}

// A remote host chooses these octets; a terminal must not obey them.
BOOST_AUTO_TEST_CASE(nothing_that_a_terminal_obeys_is_printed) {
    const auto message =
        object("{\"id\":\"s\",\"state\":\"held\",\"sender\":\"a\",\"received\":\"x\",\"recipients\":["
               "{\"address\":\"b\",\"state\":\"waiting\",\"last_reply\":\"550 \\u001b[2Jgone\\u007f\"}]}");
    const auto text = message_text(message, now);
    BOOST_TEST(text.find('\x1b') == std::string::npos);
    BOOST_TEST(text.contains("550 ?[2Jgone?"));
}

BOOST_AUTO_TEST_CASE(times_seen_from_now) {
    BOOST_TEST(seen_from(now, now) == "now");
    BOOST_TEST(seen_from(now, "2026-11-22T09:53:32Z") == "in 90 s");
    BOOST_TEST(seen_from(now, "2026-11-22T11:51:02Z") == "in 119 min");
    BOOST_TEST(seen_from(now, "2026-11-22T06:52:02Z") == "3 h ago");
    BOOST_TEST(seen_from(now, "2026-11-27T09:52:02Z") == "in 5 days");
    BOOST_TEST(seen_from(now, "some day") == "some day");
}

BOOST_AUTO_TEST_CASE(spans_of_time) {
    const std::pair<const char*, long> good[] = {{"90s", 90},    {"15m", 900},      {"4h", 14400},
                                                 {"5d", 432000}, {"1d12h", 129600}, {"1h30m", 5400}};
    for (const auto& [text, seconds] : good)
        BOOST_TEST(parse_span(text).value().count() == seconds);
    for (const char* text :
         {"", "4", "h", "-4h", "4 h", "4w", "0s", "4h5", "99999999999999999999d", "9999999d"})
        BOOST_TEST(!parse_span(text).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
