// From envelopes to copies and back to verdicts; admission; log values.
#include "reference/daemon/admission.hpp"
#include "reference/daemon/delivery_plan.hpp"
#include "reference/daemon/log_line.hpp"

#include <boost/test/unit_test.hpp>

using namespace refmail;
using namespace refmail::daemon;

BOOST_AUTO_TEST_SUITE(deliveries)

static smtp::destination local(const std::string& user) {
    smtp::destination d;
    d.user = user;
    return d;
}

static smtp::destination away(const std::string& local_part) {
    smtp::destination d;
    d.address = {local_part, "elsewhere.test"};
    return d;
}

static smtp::recipient to(std::vector<smtp::destination> destinations) {
    smtp::recipient r;
    r.destinations = std::move(destinations);
    return r;
}

static smtp::envelope from_joe() {
    smtp::envelope e;
    e.id = "s1-1";
    e.sender.null = false;
    e.sender.address = {"joe", "sender.test"};
    e.body = smtp::body_type::eight_bit_mime;
    e.user = "alice";
    return e;
}

BOOST_AUTO_TEST_CASE(one_copy_a_mailbox_and_sender) {
    auto e = from_joe();
    auto list = to({local("alice"), local("bob")});
    list.owner = message::mailbox{"owner", "example.test"};
    e.recipients = {to({local("alice")}), to({local("alice"), local("carol")}), list};
    const auto plan = plan_deliveries(e, 1795326000);
    std::vector<std::string> made;
    for (const auto& d : plan.deliveries)
        made.push_back(d.user + " " + d.first_line);
    const std::vector<std::string> expected = {
        "alice Return-Path: <joe@sender.test>\n", "carol Return-Path: <joe@sender.test>\n",
        "alice Return-Path: <owner@example.test>\n", "bob Return-Path: <owner@example.test>\n"};
    BOOST_TEST(made == expected, boost::test_tools::per_element());
    const std::vector<std::vector<std::size_t>> by = {{0}, {0, 1}, {2, 3}};
    BOOST_TEST((plan.by_recipient == by));
}

BOOST_AUTO_TEST_CASE(the_null_reverse_path) {
    auto e = from_joe();
    e.sender = {};
    e.recipients = {to({local("alice"), away("ann")})};
    const auto plan = plan_deliveries(e, 0);
    BOOST_TEST(plan.deliveries[0].first_line == "Return-Path: <>\n");
    BOOST_TEST(plan.deliveries[1].entry.sender == "");
}

BOOST_AUTO_TEST_CASE(one_queue_entry_a_sender) {
    auto e = from_joe();
    auto list = to({away("dan")});
    list.owner = message::mailbox{"owner", "example.test"};
    e.recipients = {to({away("ann")}), to({away("ben"), away("ann")}), list};
    e.user = "alice";
    e.ret = smtp::returned::headers;
    e.envelope_id = "QQ314159";
    e.client_address = "192.0.2.1";
    e.recipients[0].original_type = "rfc822";
    e.recipients[0].original = "Ann@elsewhere.test";
    e.recipients[1].address = {"crew", "example.test"};
    e.recipients[2].notify = {true, false, true, false, false};
    const auto plan = plan_deliveries(e, 1795326000);
    BOOST_REQUIRE(plan.deliveries.size() == 2u);
    const queue::entry& first = plan.deliveries[0].entry;
    BOOST_TEST(first.id == "s1-1");
    BOOST_TEST(first.sender == "joe@sender.test");
    BOOST_TEST((first.body == queue::entry::body::eight_bit_mime));
    BOOST_TEST((first.ret == queue::entry::ret::headers));
    BOOST_TEST(first.envelope_id == "QQ314159");
    BOOST_TEST(first.user == "alice");
    BOOST_TEST(first.from_address == "192.0.2.1");
    BOOST_TEST(first.received == 1795326000);
    BOOST_TEST(first.next_attempt == 1795326000);
    BOOST_REQUIRE(first.recipients.size() == 2u);
    BOOST_TEST(first.recipients[0].address == "ann@elsewhere.test");
    BOOST_TEST(first.recipients[0].original == "Ann@elsewhere.test");
    BOOST_TEST(first.recipients[1].address == "ben@elsewhere.test");
    // RFC 3464 §2.3.2: reports speak of the alias, but not of the list's members as the list.
    BOOST_TEST(first.recipients[1].accepted_as == "crew@example.test");
    // RFC 3461 §5.2.7.1: what the sender wished to hear ends at the list.
    const queue::entry& copies = plan.deliveries[1].entry;
    BOOST_TEST(!copies.recipients[0].notify.given);
    BOOST_TEST(copies.envelope_id.empty());
    BOOST_TEST((copies.ret == queue::entry::ret::unspecified));
    BOOST_TEST(plan.deliveries[0].first_line.empty());
    BOOST_TEST(plan.deliveries[1].entry.id == "s1-1-2");
    BOOST_TEST(plan.deliveries[1].entry.sender == "owner@example.test");
}

BOOST_AUTO_TEST_CASE(a_recipient_has_the_verdict_of_its_worst_copy) {
    using smtp::delivery_verdict;
    delivery_plan plan;
    plan.by_recipient = {{0}, {0, 1}, {1, 2}, {2, 1}, {2}};
    std::vector<store::delivered> done(3);
    done[1].outcome = std::unexpected(store::disk_error{store::disk_error::kind::no_space, "full"});
    done[2].outcome = std::unexpected(store::disk_error{store::disk_error::kind::failed, "broken"});
    const std::vector<delivery_verdict> expected = {delivery_verdict::stored, delivery_verdict::no_space,
                                                    delivery_verdict::failed, delivery_verdict::failed,
                                                    delivery_verdict::failed};
    BOOST_TEST((verdicts(plan, done) == expected));
}

BOOST_AUTO_TEST_CASE(admission_counts_in_all_and_by_address) {
    admission door(3, 2);
    std::unique_ptr<admission::pass> a, b, c, d;
    BOOST_TEST((door.enter("1.1.1.1", a) == admission::verdict::admitted));
    BOOST_TEST((door.enter("1.1.1.1", b) == admission::verdict::admitted));
    BOOST_TEST((door.enter("1.1.1.1", c) == admission::verdict::too_many_from_there));
    BOOST_TEST(!c);
    BOOST_TEST((door.enter("2.2.2.2", c) == admission::verdict::admitted));
    BOOST_TEST((door.enter("3.3.3.3", d) == admission::verdict::full));
    BOOST_TEST(door.now() == 3u);
    a.reset();
    BOOST_TEST((door.enter("1.1.1.1", d) == admission::verdict::admitted));
    b.reset(), c.reset(), d.reset();
    BOOST_TEST(door.now() == 0u);
}

BOOST_AUTO_TEST_CASE(log_values_cannot_forge_a_line) {
    BOOST_TEST(log_value("alice@example.test") == "alice@example.test");
    BOOST_TEST(log_value("") == "\"\"");
    BOOST_TEST(log_value("a b") == "\"a b\"");
    BOOST_TEST(log_value("a=b") == "\"a=b\"");
    BOOST_TEST(log_value("x\r\ny \"z\\\x7f\xff") == "\"x\\x0d\\x0ay \\\"z\\\\\\x7f\\xff\"");
    BOOST_TEST(log_line("event").add("k", "v").add_unless_empty("gone", "").add("n", 7).text() ==
               "event k=v n=7");
}

BOOST_AUTO_TEST_SUITE_END()
