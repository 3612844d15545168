// What the tests of reports share.
#include "reference/tests/report/notices.hpp"

#include <boost/test/unit_test.hpp>

namespace notices {

report::reported_recipient recipient(std::string address, report::action what) {
    report::reported_recipient r;
    r.who.address = std::move(address);
    r.who.status = "5.1.1";
    r.who.last_host = "mx.remote.test";
    r.who.last_reply = "550 5.1.1 no such user";
    r.who.last_attempt = noon - 60;
    r.action = what;
    return r;
}

report::notification notification(std::vector<report::reported_recipient> recipients) {
    report::notification n;
    n.reporting_mta = "mx.example.test";
    n.message_id = "<dsn1@mx.example.test>";
    n.boundary = "=_frontier";
    n.now = noon;
    n.about.id = "s1-1";
    n.about.sender = "joe@example.test";
    n.about.from_host = "Client.Example.TEST";
    n.about.from_address = "127.0.0.9";
    n.about.received = noon - 120;
    n.recipients = std::move(recipients);
    return n;
}

parts take_apart(const std::string& message) {
    parts out;
    const auto end = message.find("\r\n\r\n");
    BOOST_REQUIRE(end != std::string::npos);
    out.header = message.substr(0, end + 2);
    const auto quote = out.header.find("boundary=\"");
    BOOST_REQUIRE(quote != std::string::npos);
    const auto from = quote + 10;
    const auto frontier = "\r\n--" + out.header.substr(from, out.header.find('"', from) - from);
    auto at = message.find(frontier, end);
    BOOST_REQUIRE(at != std::string::npos);
    for (;;) {
        at += frontier.size();
        if (message.compare(at, 4, "--\r\n") == 0) break;
        const auto next = message.find(frontier, at);
        BOOST_REQUIRE(next != std::string::npos);
        const auto part = message.substr(at + 2, next - at - 2);
        const auto blank = part.find("\r\n\r\n");
        BOOST_REQUIRE(blank != std::string::npos);
        out.headers.push_back(part.substr(0, blank + 2));
        out.bodies.push_back(part.substr(blank + 4));
        at = next;
    }
    BOOST_TEST(at + 4 == message.size());
    BOOST_REQUIRE(out.bodies.size() == 3u);
    return out;
}

parts composed(const report::notification& n, std::string_view text) {
    return take_apart(report::compose(n, text));
}

bool contains(std::string_view text, std::string_view what) {
    return text.find(what) != std::string_view::npos;
}

} // namespace notices
