// Which successes are told to whom: RFC 3461 §5.2.3 and §5.2.7.
#include "reference/daemon/delivery_notices.hpp"
#include "reference/daemon/delivery_plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace refmail;

namespace {

smtp::destination local(const std::string& user) {
    smtp::destination d;
    d.user = user;
    d.address = {user, "example.test"};
    return d;
}
smtp::destination away(const std::string& name) {
    smtp::destination d;
    d.address = {name, "elsewhere.test"};
    return d;
}

struct one_recipient {
    one_recipient() {
        e.sender = {false, {"joe", "sender.test"}};
        e.recipients.resize(1);
        r().address = {"bob", "example.test"};
        r().destinations = {local("bob")};
        r().notify.given = r().notify.success = true;
    }
    smtp::recipient& r() { return e.recipients[0]; }
    std::vector<report::reported_recipient>
    told(smtp::delivery_verdict what = smtp::delivery_verdict::stored) const {
        return daemon::successes(e, {what}, 7);
    }
    smtp::envelope e;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(delivery_notices, one_recipient)

BOOST_AUTO_TEST_CASE(a_mailbox_has_it) {
    r().original_type = "rfc822";
    r().original = "Bob@example.test";
    BOOST_TEST(daemon::wants_success_reports(e));
    BOOST_REQUIRE(told().size() == 1u);
    BOOST_TEST((told()[0].action == report::action::delivered));
    BOOST_TEST(told()[0].who.address == "bob@example.test");
    BOOST_TEST(told()[0].who.original == "Bob@example.test");
    BOOST_TEST(told()[0].who.status == "2.0.0");
    BOOST_TEST(told()[0].who.last_attempt == 7);
}

BOOST_AUTO_TEST_CASE(who_did_not_ask_is_not_told) {
    r().notify = {};
    BOOST_TEST(!daemon::wants_success_reports(e));
    BOOST_TEST(told().empty());
    r().notify.given = r().notify.failure = true;
    BOOST_TEST(told().empty());
    r().notify = {true, true, false, false, false};
    BOOST_TEST(told().empty());
}

BOOST_AUTO_TEST_CASE(what_was_not_stored_was_not_delivered) {
    BOOST_TEST(told(smtp::delivery_verdict::no_space).empty());
}

BOOST_AUTO_TEST_CASE(nothing_is_told_to_the_null_reverse_path) {
    e.sender = {};
    BOOST_TEST(!daemon::wants_success_reports(e));
    BOOST_TEST(told().empty());
}

BOOST_AUTO_TEST_CASE(what_leaves_is_reported_when_it_has_left) {
    r().destinations = {away("ann")};
    BOOST_TEST(!daemon::wants_success_reports(e));
    BOOST_TEST(told().empty());
    BOOST_TEST(daemon::plan_deliveries(e, 0).deliveries[0].entry.recipients[0].notify.success);
}

// RFC 3461 §5.2.7.1
BOOST_AUTO_TEST_CASE(a_list_is_a_delivery) {
    r().address = {"team", "example.test"};
    r().destinations = {local("bob"), away("ann")};
    r().owner = message::mailbox{"owner", "example.test"};
    BOOST_REQUIRE(told().size() == 1u);
    BOOST_TEST((told()[0].action == report::action::delivered));
    BOOST_TEST(told()[0].who.address == "team@example.test");
}

// RFC 3461 §5.2.7.3 (c)
BOOST_AUTO_TEST_CASE(an_alias_for_several_is_expanded_and_success_ends_there) {
    r().destinations = {local("bob"), away("ann")};
    BOOST_REQUIRE(told().size() == 1u);
    BOOST_TEST((told()[0].action == report::action::expanded));
    const auto alone = daemon::plan_deliveries(e, 0).deliveries[1].entry.recipients[0].notify;
    BOOST_TEST((alone == message::notify{true, true, false, false, false}));
    r().notify.failure = true;
    const auto with_failure = daemon::plan_deliveries(e, 0).deliveries[1].entry.recipients[0].notify;
    BOOST_TEST((with_failure == message::notify{true, false, false, true, false}));
}

BOOST_AUTO_TEST_CASE(a_report_knows_where_the_message_came_from) {
    e.id = "s1-1";
    e.envelope_id = "QQ314159";
    e.ret = smtp::returned::headers;
    e.helo = "client.test";
    e.client_address = "192.0.2.1";
    const auto about = daemon::entry_about(e, 5);
    BOOST_TEST(about.id == "s1-1");
    BOOST_TEST(about.sender == "joe@sender.test");
    BOOST_TEST(about.envelope_id == "QQ314159");
    BOOST_TEST((about.ret == queue::entry::ret::headers));
    BOOST_TEST(about.from_host == "client.test");
    BOOST_TEST(about.from_address == "192.0.2.1");
    BOOST_TEST(about.received == 5);
}

BOOST_AUTO_TEST_SUITE_END()
