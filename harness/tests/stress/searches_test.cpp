// What SEARCH, SORT and THREAD find, commands sent at once, connections that were cut, and names: transcripts
// in which the server errs, one violation each.
#include "harness/stress/name_pattern.hpp"
#include "harness/stress/server.hpp"
#include "harness/tests/stress/world_of_one.hpp"

using namespace mailspec::stress;
using by = searched::by;

namespace {

asked look(kind what, by key, bool by_uid = false) {
    auto command = of(what, {}, by_uid);
    command.search.key = key;
    return command;
}

asked returning(bool min, bool max, bool count, bool list) {
    auto command = look(kind::search, by::all, true);
    command.search.returns = true;
    command.search.min = min;
    command.search.max = max;
    command.search.count = count;
    command.search.list = list;
    return command;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(searches, world_of_one)

BOOST_AUTO_TEST_CASE(all_messages_are_found) {
    open();
    fine(look(kind::search, by::all), "* SEARCH 1\r\n"); // 2 may be gone, and be told to be later
    owes("search ALL was not answered for UID 20, which is still there");
    truth.may_be_deleted(20);
    fine({}, "* 2 EXPUNGE\r\n");
    BOOST_TEST(model.owed().empty());
    auto sort = look(kind::sort, by::all, true);
    sort.gone_before = {20};
    finds(sort, "* SORT 10 20\r\n", "sort found UID 20, which was told to be gone");
}

BOOST_AUTO_TEST_CASE(each_once) {
    open();
    finds(look(kind::thread, by::all), "* THREAD (1)(2 (1))\r\n", "thread found 1 twice");
    fine(look(kind::thread, by::all), "* THREAD (2 (1))\r\n");
    finds(look(kind::sort, by::all), "* SORT 2 2 1\r\n", "sort found 2 twice");
    finds(of(kind::noop), "* SORT 1\r\n", "SORT data that nobody asked for");
}

BOOST_AUTO_TEST_CASE(by_uid_and_by_subject) {
    open();
    auto uids = look(kind::search, by::uids);
    uids.search_uids = {10};
    finds(uids, "* SEARCH 1 2\r\n", "search UID found UID 20, which is not among those");
    BOOST_TEST(truth.told_token(10, "1.1.1").empty());
    BOOST_TEST(truth.told_token(20, "1.1.2").empty());
    auto subject = look(kind::search, by::token);
    subject.search.token = "1.1.1";
    finds(subject, "* SEARCH 1 2\r\n", "search SUBJECT 1.1.1 found UID 20, which is 1.1.2");
    fine(subject, "* SEARCH\r\n");
    owes("search SUBJECT was not answered for UID 10, which is still there");
}

BOOST_AUTO_TEST_CASE(by_modseq) {
    open();
    auto search = look(kind::search, by::modseq);
    search.search.modseq = 6;
    finds(search, "* SEARCH 2 (MODSEQ 5)\r\n", "search tells MODSEQ 5 as the highest, and UID 20 had 6");
    finds(search, "* SEARCH 2\r\n", "search tells MODSEQ 0 as the highest, and UID 20 had 6");
    fine(search, "* SEARCH 1 2 (MODSEQ 6)\r\n");
    finds({}, "* 1 FETCH (UID 10 MODSEQ (5))\r\n",
          "SEARCH MODSEQ 6 found it, and UID 10 is told to have MODSEQ 5");
}

BOOST_AUTO_TEST_CASE(numbers_mean_what_stands_there_then) {
    open();
    truth.may_be_deleted(10);
    fine(look(kind::sort, by::all), "* SORT 2 1\r\n* 1 EXPUNGE\r\n");
    BOOST_TEST(model.owed().empty());
}

BOOST_AUTO_TEST_CASE(by_size) {
    open();
    BOOST_TEST(truth.told_token(10, "a").empty());
    BOOST_TEST(truth.told_token(20, "bb").empty());
    const bool first_is_small = message_of("a").size() < message_of("bb").size();
    auto sort = look(kind::sort, by::all);
    sort.search.by_size = true;
    fine(sort, first_is_small ? "* SORT 1 2\r\n" : "* SORT 2 1\r\n");
    fine(sort, first_is_small ? "* SORT 2 1\r\n" : "* SORT 1 2\r\n");
    const auto formal = model.formal();
    BOOST_REQUIRE(formal.size() == 1);
    BOOST_TEST(formal[0].second.starts_with("SORT (SIZE) has "));
}

BOOST_AUTO_TEST_CASE(results_agree) {
    open();
    fine(returning(true, true, true, true), "* ESEARCH (TAG \"a\") UID MIN 10 MAX 20 COUNT 2 ALL 10,20\r\n");
    finds(returning(false, false, true, true), "* ESEARCH (TAG \"a\") UID COUNT 3 ALL 10,20\r\n",
          "COUNT is 3 where ALL has 2");
    finds(returning(true, false, false, true), "* ESEARCH (TAG \"a\") UID MIN 11 ALL 10,20\r\n",
          "MIN is 11 where ALL begins with 10");
    finds(returning(false, true, false, true), "* ESEARCH (TAG \"a\") UID ALL 10,20\r\n",
          "MAX is nothing where ALL ends with 20");
    finds(returning(false, false, true, false), "* ESEARCH (TAG \"a\") UID\r\n",
          "SEARCH RETURN (COUNT) was answered without COUNT");
    finds(returning(false, false, true, true), "* ESEARCH (TAG \"a\") UID COUNT 1\r\n",
          "COUNT is 1 where ALL has nothing");
    finds(of(kind::noop), "* ESEARCH UID COUNT 1\r\n", "ESEARCH data that nobody asked for");
}

BOOST_AUTO_TEST_CASE(what_was_saved) {
    open();
    auto search = returning(false, true, false, false);
    search.search.save = true;
    fine(search, "* ESEARCH (TAG \"a\") UID MAX 20\r\n");
    BOOST_REQUIRE(model.saved());
    BOOST_TEST(*model.saved() == (std::vector<std::uint64_t>{20}));
    search = returning(false, false, false, false);
    search.search.save = true;
    finds(search, "* ESEARCH (TAG \"a\") UID ALL 10\r\n",
          "SEARCH RETURN (SAVE) was answered with a result (RFC 5182 §2.1)");
    search.search.key = by::modseq; // RFC 7162 §3.1.10
    fine(search, "* ESEARCH (TAG \"a\") UID MODSEQ 6\r\n");
    search.search.key = by::all;
    fine(search, "");
    BOOST_TEST(model.saved()->size() == 2);
    auto fetch = of(kind::fetch_headers, {20}, true);
    fetch.items = {"UID", "BODY[HEADER]"};
    finds(fetch, "* 1 FETCH (UID 10 BODY[HEADER] \"Subject: stress 1\")\r\n",
          "BODY[HEADER] of message 1, which nobody asked for");
    fine(select(), "* 2 EXISTS\r\n");
    BOOST_TEST(model.saved()->empty()); // RFC 5182 §2.1
}

BOOST_AUTO_TEST_CASE(several_commands_at_once) {
    open();
    auto store = of(kind::store, {1});
    store.own_keyword = store.adds = true;
    store.flags = {"MINE-1"};
    auto fetch = of(kind::fetch_flags, {1});
    fetch.items = {"FLAGS"};
    std::vector<mailspec::wire::imap_response> before{
        mailspec::wire::parse_imap_response("* 1 FETCH (FLAGS (mine-1))\r\n").response};
    std::vector<mailspec::wire::imap_response> after{
        mailspec::wire::parse_imap_response("* 1 FETCH (FLAGS ())\r\n").response};
    // In the order in which they were sent (RFC 9051 §5.5).
    const answered stored{"OK", &before, nullptr}, fetched{"OK", &after, nullptr};
    BOOST_TEST(model.heard({store, fetch}, {{0, stored}, {1, fetched}}).at(0) ==
               "UID 10 is told without the keyword mine-1, which only this session sets and which is there");
    truth.may_be_deleted(20);
    std::vector<mailspec::wire::imap_response> gone{
        mailspec::wire::parse_imap_response("* 2 EXPUNGE\r\n").response};
    const std::vector<mailspec::wire::imap_response> nothing;
    const answered early{"OK", &gone, nullptr}, late{"OK", &nothing, nullptr};
    auto search = look(kind::search, by::unknown);
    search.search.returns = search.search.save = true;
    BOOST_TEST(model.heard({of(kind::noop), search}, {{0, early}, {1, late}}).at(0) ==
               "EXPUNGE 2 while search is answered (RFC 9051 §7.5.1)");
}

BOOST_AUTO_TEST_CASE(a_connection_was_cut) {
    open();
    auto store = of(kind::store, {10}, true);
    store.own_keyword = true;
    store.flags = {"MINE-1"};
    store.adds = false;
    fine(store, "a OK done\r\n");
    store.adds = true;
    model.interrupted(store);
    fine(select(), "* 2 EXISTS\r\n");
    fine({}, "* 1 FETCH (UID 10 FLAGS ())\r\n* 2 FETCH (UID 20 FLAGS ())\r\n"); // not done yet
    fine({}, "* 1 FETCH (UID 10 FLAGS (mine-1))\r\n");                          // done now
    finds({}, "* 1 FETCH (UID 10 FLAGS ())\r\n",
          "UID 10 is told without the keyword mine-1, which only this session sets and which is there");
    truth.never("1.1.9");
    BOOST_TEST(truth.told_token(30, "1.1.9") ==
               "UID 30 of box is the message 1.1.9, which was never sent whole");
}

BOOST_AUTO_TEST_CASE(a_keyword_outlives_a_select) {
    open();
    auto store = of(kind::store, {10}, true);
    store.own_keyword = store.adds = true;
    store.flags = {"MINE-1"};
    fine(store, "* 1 FETCH (UID 10 FLAGS (mine-1))\r\na OK done\r\n");
    fine(select(), "* 2 EXISTS\r\n");
    finds({}, "* 1 FETCH (UID 10 FLAGS ())\r\n",
          "UID 10 is told without the keyword mine-1, which only this session sets and which is there");
}

BOOST_AUTO_TEST_CASE(responses_are_held_against_the_ambient_rules) {
    session_ear ear;
    const auto hears = [&](const std::string& line) {
        ear.response(mailspec::wire::parse_imap_response(line).response);
        return ear.deviations();
    };
    BOOST_TEST(hears("* OK hello\r\n").empty());
    ear.octets(true, "m1 NOOP\r\n");
    BOOST_TEST(hears("m1 OK done\r\n").empty());
    const auto found = hears("m2 OK done\r\n");
    BOOST_REQUIRE(found.size() == 1);
    BOOST_TEST(found[0].rule == "imap-tag");
    BOOST_TEST(ear.lines().front() == "C: m1 NOOP");
}

BOOST_AUTO_TEST_CASE(patterns_match) {
    BOOST_TEST(matches("a/*", "a/b/c", '/'));
    BOOST_TEST(!matches("a/%", "a/b/c", '/'));
    BOOST_TEST(matches("a/%/%", "a/b/c", '/'));
    BOOST_TEST(matches("a*c", "a/b/c", '/'));
    BOOST_TEST(!matches("a*b", "a/b/c", '/'));
    BOOST_TEST(matches("*b*c", "a/bc", '/'));
    BOOST_TEST(!matches("a/", "a", '/'));
    BOOST_TEST(matches("a%", "a", '/'));
}

BOOST_AUTO_TEST_SUITE_END()
