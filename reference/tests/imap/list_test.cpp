// LIST in all its forms, and its patterns: RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 6154. The hierarchies are
// those of the examples in RFC 9051 §6.3.9.8; attributes that a server may add (children) are added.
// Expectations are literals.
#include "reference/imap/list_pattern.hpp"
#include "reference/tests/imap/dialog.hpp"

#include <boost/test/unit_test.hpp>

using namespace imap_tests;

BOOST_AUTO_TEST_SUITE(list)

namespace {

void make(memory_account& a, const std::vector<std::string>& names) {
    for (const auto& name : names)
        BOOST_REQUIRE_MESSAGE(a.create(name, {}).has_value(), name);
}

setup with(std::vector<std::string> made, std::vector<std::string> subscribed) {
    auto s = logged_in();
    s.account = [made = std::move(made), subscribed = std::move(subscribed)](memory_account& a) {
        make(a, made);
        for (const auto& name : subscribed)
            BOOST_REQUIRE(a.subscribe(name, true).has_value());
    };
    return s;
}

// Examples 1 to 6
setup fruit() {
    return with(
        {"Fruit", "Fruit/Apple", "Fruit/Banana", "Tofu", "Vegetable", "Vegetable/Broccoli", "Vegetable/Corn"},
        {"INBOX", "Fruit/Banana", "Fruit/Peach", "Vegetable", "Vegetable/Broccoli"});
}

bool matches(const std::string& pattern, const std::string& name) {
    return imap::list_pattern("", pattern, false).matches(name);
}

} // namespace

BOOST_AUTO_TEST_CASE(patterns) {
    BOOST_TEST(matches("*", "a/b"));
    BOOST_TEST(!matches("%", "a/b"));
    BOOST_TEST(matches("%", "a"));
    BOOST_TEST(matches("%/%", "a/b"));
    BOOST_TEST(!matches("%/%", "a/b/c"));
    BOOST_TEST(matches("%*", "a/b/c"));
    BOOST_TEST(matches("*%", "a/b/c"));
    BOOST_TEST(matches("a*c", "a/b/c"));
    BOOST_TEST(matches("a*c", "ac"));
    BOOST_TEST(!matches("a%c", "a/c"));
    BOOST_TEST(matches("a*b%d", "axb/bcd"));
    BOOST_TEST(!matches("a", "ab"));
    BOOST_TEST(!matches("ab", "a"));
    BOOST_TEST(!matches("A", "a"));
    BOOST_TEST(matches("inbox", "INBOX"));
    BOOST_TEST(matches("inbox/*", "INBOX/x"));
    BOOST_TEST(matches("I*", "INBOX"));
    BOOST_TEST(matches("&AOk-*", "\xC3\xA9t\xC3\xA9"));
    BOOST_TEST(!matches("&*", "a"));
    BOOST_TEST(!matches("", "a"));
    BOOST_TEST(imap::list_pattern("a/", "%", false).matches("a/b"));
}

BOOST_AUTO_TEST_CASE(wildcards_cost_no_more_than_pattern_times_name) {
    std::string bomb, name(200, 'a');
    for (int i = 0; i < 200; ++i)
        bomb += "*a%";
    BOOST_TEST(!matches(bomb + "b", name));
    BOOST_TEST(matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a", name));
}

BOOST_AUTO_TEST_CASE(basic) {
    run(fruit(),
        {{"a LIST \"\" \"\"\r\n", "* LIST (\\Noselect) \"/\" \"\"\r\na OK LIST done\r\n"},
         {"b LIST Fruit \"\"\r\n", "* LIST (\\Noselect) \"/\" \"\"\r\nb OK LIST done\r\n"},
         {"c LIST \"\" %\r\n",
          "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasChildren) \"/\" Fruit\r\n"
          "* LIST (\\HasNoChildren) \"/\" Tofu\r\n* LIST (\\HasChildren) \"/\" Vegetable\r\nc OK LIST "
          "done\r\n"},
         {"d LIST Fruit/ %\r\n", "* LIST (\\HasNoChildren) \"/\" Fruit/Apple\r\n"
                                 "* LIST (\\HasNoChildren) \"/\" Fruit/Banana\r\nd OK LIST done\r\n"},
         {"e LIST \"\" nowhere\r\n", "e OK LIST done\r\n"},
         {"f LIST \"\" &Jjo!\r\n", "f OK LIST done\r\n"},
         {"g LIST \"\" inbox\r\n", "* LIST (\\HasNoChildren) \"/\" INBOX\r\ng OK LIST done\r\n"},
         {"h LIST \"\"\r\n", "h BAD LIST: expected a space (at octet 10 of the command)\r\n"},
         {"i LIST\r\n", "i BAD LIST: expected a space (at octet 7 of the command)\r\n"}});
}

BOOST_AUTO_TEST_CASE(selection_options) {
    run(fruit(),
        {{"a LIST (SUBSCRIBED) \"\" \"*\"\r\n",
          "* LIST (\\HasNoChildren \\Subscribed) \"/\" INBOX\r\n"
          "* LIST (\\HasNoChildren \\Subscribed) \"/\" Fruit/Banana\r\n"
          "* LIST (\\NonExistent \\HasNoChildren \\Subscribed) \"/\" Fruit/Peach\r\n"
          "* LIST (\\HasChildren \\Subscribed) \"/\" Vegetable\r\n"
          "* LIST (\\HasNoChildren \\Subscribed) \"/\" Vegetable/Broccoli\r\na OK LIST done\r\n"},
         {"b LIST (REMOTE) \"\" \"%\" RETURN (CHILDREN)\r\n",
          "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasChildren) \"/\" Fruit\r\n"
          "* LIST (\\HasNoChildren) \"/\" Tofu\r\n* LIST (\\HasChildren) \"/\" Vegetable\r\nb OK LIST "
          "done\r\n"},
         {"c LIST (REMOTE) \"\" \"V*\" RETURN (SUBSCRIBED subscribed)\r\n",
          "* LIST (\\HasChildren \\Subscribed) \"/\" Vegetable\r\n"
          "* LIST (\\HasNoChildren \\Subscribed) \"/\" Vegetable/Broccoli\r\n"
          "* LIST (\\HasNoChildren) \"/\" Vegetable/Corn\r\nc OK LIST done\r\n"},
         {"d LIST (SUBSCRIBED SUBSCRIBED) \"\" Fruit/%\r\n",
          "* LIST (\\HasNoChildren \\Subscribed) \"/\" Fruit/Banana\r\n"
          "* LIST (\\NonExistent \\HasNoChildren \\Subscribed) \"/\" Fruit/Peach\r\nd OK LIST done\r\n"},
         {"e LIST (RECURSIVEMATCH) \"\" *\r\n", "e BAD LIST: RECURSIVEMATCH needs another selection option "
                                                "beside it (at octet 24 of the command)\r\n"},
         {"f LIST (REMOTE RECURSIVEMATCH) \"\" *\r\n", "f BAD LIST: RECURSIVEMATCH needs another selection "
                                                       "option beside it (at octet 31 of the command)\r\n"},
         {"g LIST (BOGUS) \"\" *\r\n",
          "g BAD LIST: there is no such selection option (at octet 14 of the command)\r\n"},
         {"h LIST \"\" * RETURN (BOGUS)\r\n",
          "h BAD LIST: there is no such return option (at octet 26 of the command)\r\n"},
         {"i LIST () \"\" \"\"\r\n", "i OK LIST done\r\n"},
         {"j LIST \"\" (Tofu Fruit \"\" Tofu)\r\n",
          "* LIST (\\HasChildren) \"/\" Fruit\r\n* LIST (\\HasNoChildren) \"/\" Tofu\r\nj OK LIST done\r\n"},
         {"k LIST \"\" * RETURN ()\r\n", "*"},
         {"l LIST \"\" * RETURN\r\n", "l BAD LIST: expected a space (at octet 19 of the command)\r\n"}});
}

BOOST_AUTO_TEST_CASE(recursive_match) {
    // Example 7
    run(with({"Foo", "Foo/Bar", "Foo/Baz", "Moo"}, {"Foo/Baz"}),
        {{"a LIST (SUBSCRIBED) \"\" %\r\n", "a OK LIST done\r\n"},
         {"b LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %\r\n",
          "* LIST (\\HasChildren) \"/\" Foo (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\nb OK LIST done\r\n"}});
    run(with({"Foo", "Foo/Bar", "Foo/Baz", "Moo"}, {"Foo/Baz", "Foo"}),
        {{"a LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %\r\n",
          "* LIST (\\HasChildren \\Subscribed) \"/\" Foo (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\na OK LIST "
          "done\r\n"}});
    run(with({"Moo"}, {"Foo/Baz"}), {{"a LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %\r\n",
                                      "* LIST (\\NonExistent \\HasNoChildren) \"/\" Foo (\"CHILDINFO\" "
                                      "(\"SUBSCRIBED\"))\r\na OK LIST done\r\n"}});
    run(with({"Foo", "Foo/Bar", "Foo/Baz", "Moo"}, {}),
        {{"a LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %\r\n", "a OK LIST done\r\n"}});
    // Example 8, without what §6.3.9.6 calls redundant
    run(with({"foo2", "foo2/bar1", "foo2/bar2", "baz2", "baz2/bar2", "baz2/bar22", "baz2/bar222", "eps2",
              "eps2/mamba", "qux2/bar2"},
             {"foo2/bar1", "foo2/bar2", "baz2/bar2", "baz2/bar22", "baz2/bar222", "eps2", "eps2/mamba",
              "qux2/bar2"}),
        {{"a LIST (RECURSIVEMATCH SUBSCRIBED) \"\" \"*2\"\r\n",
          "* LIST (\\HasNoChildren \\Subscribed) \"/\" baz2/bar2\r\n"
          "* LIST (\\HasNoChildren \\Subscribed) \"/\" baz2/bar22\r\n"
          "* LIST (\\HasNoChildren \\Subscribed) \"/\" baz2/bar222\r\n"
          "* LIST (\\HasChildren \\Subscribed) \"/\" eps2 (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n"
          "* LIST (\\HasChildren) \"/\" foo2 (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n"
          "* LIST (\\HasNoChildren \\Subscribed) \"/\" foo2/bar2\r\n"
          "* LIST (\\HasNoChildren \\Subscribed) \"/\" qux2/bar2\r\na OK LIST done\r\n"}});
    // Example 9
    run(with({"foo"}, {"foo/bar"}),
        {{"a LIST (SUBSCRIBED RECURSIVEMATCH) \"\" foo RETURN (CHILDREN)\r\n",
          "* LIST (\\HasNoChildren) \"/\" foo (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\na OK LIST done\r\n"}});
}

BOOST_AUTO_TEST_CASE(with_status) {
    auto s = with({"foo", "bar", "bar/x"}, {"INBOX", "foo/baz"});
    const auto before = s.account;
    s.account = [before](memory_account& a) {
        before(a);
        put(a, "INBOX", {"one", "two"});
        BOOST_REQUIRE(a.remove("bar").has_value());
    };
    run(s,
        {{"a LIST \"\" % RETURN (STATUS (MESSAGES UNSEEN))\r\n",
          "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* STATUS INBOX (MESSAGES 2 UNSEEN 2)\r\n"
          "* LIST (\\NonExistent \\HasChildren) \"/\" bar\r\n"
          "* LIST (\\HasNoChildren) \"/\" foo\r\n* STATUS foo (MESSAGES 0 UNSEEN 0)\r\na OK LIST done\r\n"},
         {"b LIST (SUBSCRIBED RECURSIVEMATCH) \"\" % RETURN (STATUS (MESSAGES))\r\n",
          "* LIST (\\HasNoChildren \\Subscribed) \"/\" INBOX\r\n* STATUS INBOX (MESSAGES 2)\r\n"
          "* LIST (\\HasNoChildren) \"/\" foo (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\nb OK LIST done\r\n"},
         {"c LIST \"\" % RETURN (STATUS)\r\n",
          "c BAD LIST: expected a space (at octet 27 of the command)\r\n"}});
}

BOOST_AUTO_TEST_CASE(many_mailboxes_are_told_in_slices) {
    auto s = logged_in();
    s.account = [](memory_account& a) {
        for (int i = 0; i < 10'000; ++i)
            BOOST_REQUIRE(a.create("box" + std::to_string(i), {}).has_value());
    };
    const auto o = run_whole(s, {{"a LIST \"\" *\r\n", "*"}, {"b LIST \"\" *9*9*9*9*%%%%*\r\n", "*"}});
    BOOST_TEST(o.slices > 5u);
}

BOOST_AUTO_TEST_SUITE_END()
