// The command line: what its options make of the settings, and the words when they are written wrong.
// The configuration file has tests of its own.
#include "reference/daemon/command_line.hpp"
#include "reference/daemon/configuration_error.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(command_line)

namespace {

using refmail::daemon::parse_command_line;
using refmail::daemon::settings;

settings serve(std::vector<const char*> words) {
    words.insert(words.begin(), {"refmaild", "--ports", "0", "--data", "mail"});
    return parse_command_line(static_cast<int>(words.size()), words.data()).how;
}

std::string complaint(const std::vector<const char*>& words) {
    try {
        serve(words);
    } catch (const refmail::daemon::configuration_error& e) {
        return e.what();
    }
    return "";
}

} // namespace

BOOST_AUTO_TEST_CASE(a_list_and_an_alias_stand_for_several) {
    const auto s = serve({"--list", "Crew:alice,bob", "--alias", "sales:bob,joe@elsewhere.test"});
    BOOST_TEST(s.lists.at("crew").members.size() == 2u);
    BOOST_TEST(s.lists.at("crew").owner == "postmaster");
    BOOST_TEST(s.aliases.at("sales").back() == "joe@elsewhere.test");
}

BOOST_AUTO_TEST_CASE(a_list_of_ones_own_replaces_the_ready_one) {
    BOOST_TEST(serve({"--list", "team:bob"}).lists.at("team").members.size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_message_size_is_a_limit) {
    BOOST_TEST(serve({"--message-size", "65536"}).smtp_limits.message_size == 65536u);
}

BOOST_AUTO_TEST_CASE(port_25_may_be_there_to_refuse) {
    BOOST_TEST(serve({"--refuse-service", "only sends"}).refuse_service == "only sends");
    BOOST_TEST(serve({}).refuse_service.empty());
    const auto plain = serve({"--without", "DSN", "--without", "chunking"});
    BOOST_TEST(!offers(plain, "DSN"));
    BOOST_TEST(!offers(plain, "CHUNKING"));
    BOOST_TEST(offers(plain, "SMTPUTF8"));
}

// RFC 4013 §3, example 5: U+2168 (roman numeral nine) is "IX" once prepared.
BOOST_AUTO_TEST_CASE(a_password_is_prepared_as_clients_prepare_theirs) {
    BOOST_TEST(serve({"--account", "dora:\xe2\x85\xa8"}).accounts.front().password == "IX");
}

BOOST_AUTO_TEST_CASE(mistakes_are_named) {
    BOOST_TEST(complaint({"--list", "team:"}) == "--list 'team:': write name:target,target");
    BOOST_TEST(complaint({"--list", ":alice"}) == "--list ':alice': write name:target,target");
    BOOST_TEST(complaint({"--alias", "sales"}) == "--alias 'sales': write name:target,target");
    BOOST_TEST(complaint({"--alias", "sales:nobody"}) ==
               "alias 'sales': 'nobody' is no account, alias or list, and no address elsewhere");
    BOOST_TEST(complaint({"--account", "alice:a\nb"}) ==
               "--account 'alice:a\nb': SASLprep (RFC 4013) does not allow that password");
    BOOST_TEST(complaint({"--account", "alice"}) == "--account 'alice': write user:password");
}

BOOST_AUTO_TEST_SUITE_END()
