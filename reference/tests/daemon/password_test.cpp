// Passwords: hashes, what counts as one, the remembered digest, the decoy.
#include "reference/daemon/authenticator.hpp"
#include "reference/daemon/configuration_error.hpp"
#include "reference/daemon/password.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <mutex>

using namespace refmail::daemon;

BOOST_AUTO_TEST_SUITE(passwords)

BOOST_AUTO_TEST_CASE(a_hash_is_salted_and_verifies) {
    const auto one = hash_password("secret");
    const auto two = hash_password("secret");
    BOOST_TEST(one.starts_with("$scrypt$ln=14,r=8,p=1$"));
    BOOST_TEST(one != two);
    BOOST_TEST(is_password_hash(one));
    BOOST_TEST(verify_password("secret", one));
    BOOST_TEST(verify_password("secret", two));
    BOOST_TEST(!verify_password("Secret", one));
    BOOST_TEST(!verify_password("", one));
}

// RFC 4013 §3, example 5: U+2168 is "IX" once prepared; example 6 has a prohibited character.
BOOST_AUTO_TEST_CASE(what_is_hashed_is_prepared) {
    BOOST_TEST(verify_password("IX", hash_password("\xe2\x85\xa8")));
    try {
        hash_password("\x07");
        BOOST_ERROR("accepted");
    } catch (const configuration_error& e) {
        BOOST_TEST(e.what() ==
                   std::string("hash-password: SASLprep (RFC 4013) does not allow that password"));
    }
}

// Computed with Python: hashlib.scrypt(b"pw", salt=bytes(range(16)), n=1024, r=8, p=1, dklen=32).
BOOST_AUTO_TEST_CASE(a_hash_made_elsewhere) {
    BOOST_TEST(verify_password(
        "pw", "$scrypt$ln=10,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$Z00UYSKKcxfXL+wtJ82+yLQ0HRbN115ky9cDXLD/g2c"));
}

BOOST_AUTO_TEST_CASE(what_is_no_hash) {
    const std::string good =
        "$scrypt$ln=14,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    BOOST_TEST(is_password_hash(good));
    for (const char* bad :
         {"", "secret", "$scrypt$", "$scrypt$ln=14,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$",
          "$scrypt$ln=99,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
          "$scrypt$ln=18,r=9,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
          "$scrypt$ln=14,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
          "$scrypt$ln=14,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
          "$scrypt$ln=14,r=8,p=1$!!!!!!!!!!!!!!!!!!!!!!$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
        BOOST_TEST(!is_password_hash(bad), bad);
    BOOST_TEST(!verify_password("secret", "secret"));
}

static std::string slowly(authenticator& a, const std::string& user, const std::string& password) {
    std::promise<authenticator::verdict> answer;
    a.check(user, password, "192.0.2.1",
            [&](authenticator::verdict who) { answer.set_value(std::move(who)); });
    return answer.get_future().get().value_or("-");
}

static std::string at_once(authenticator& a, const std::string& user, const std::string& password) {
    const auto known = a.check_at_once(user, password);
    return known ? known->value_or("-") : "slow";
}

BOOST_AUTO_TEST_CASE(a_success_is_remembered_a_failure_is_not) {
    settings s;
    s.accounts = {account{"dora", hash_password("dora-pw"), "", "", {}}};
    const local_directory who(s);
    authenticator a(s, who);
    BOOST_TEST(at_once(a, "dora", "dora-pw") == "slow");
    BOOST_TEST(slowly(a, "dora", "wrong") == "-");
    BOOST_TEST(at_once(a, "dora", "wrong") == "slow");
    BOOST_TEST(slowly(a, "Dora@example.test", "dora-pw") == "dora");
    BOOST_TEST(at_once(a, "dora", "dora-pw") == "dora");
    BOOST_TEST(at_once(a, "dora", "dora-px") == "slow");
    // A user that does not exist costs the same hash, and fails even with the decoy's password.
    BOOST_TEST(at_once(a, "nobody", "dora-pw") == "slow");
    BOOST_TEST(slowly(a, "nobody", "dora-pw") == "-");
}

BOOST_AUTO_TEST_CASE(accounts_of_this_run_need_no_slow_hash) {
    settings s;
    complete_with_defaults(s);
    const local_directory who(s);
    authenticator a(s, who);
    BOOST_TEST(at_once(a, "ALICE", "alice-pw") == "alice");
    BOOST_TEST(at_once(a, "alice", "bob-pw") == "-");
    BOOST_TEST(at_once(a, "nobody", "alice-pw") == "-");
    BOOST_TEST(at_once(a, "alice", "") == "-");
}

// RFC 1939 §7 has the example.
BOOST_AUTO_TEST_CASE(apop_proves_to_know_the_secret) {
    settings s;
    s.accounts = {account{"mrose", "", "tanstaaf", "", {}}, account{"dora", hash_password("pw"), "", "", {}}};
    s.accounts.back().apop_secret = "other";
    const local_directory who(s);
    const authenticator a(s, who);
    const std::string timestamp = "<1896.697170952@dbc.mtview.ca.us>";
    const std::string digest = "c4c9334bac560ecc979e58001b3e22fb";
    BOOST_TEST(a.check_digest("mrose", timestamp, digest).value_or("-") == "mrose");
    BOOST_TEST(a.check_digest("MRose@example.test", timestamp, digest).value_or("-") == "mrose");
    BOOST_TEST(a.check_digest("mrose", "<1897@x>", digest).value_or("-") == "-");
    BOOST_TEST(a.check_digest("dora", timestamp, digest).value_or("-") == "-");
    BOOST_TEST(a.check_digest("nobody", timestamp, digest).value_or("-") == "-");
    // MD5 of the timestamp alone, computed with Python: not for who has no secret.
    BOOST_TEST(a.check_digest("nobody", timestamp, "6d7379174f7df9fb329480e5c47c1f1a").value_or("-") == "-");
    // md5(b"<1896.697170952@dbc.mtview.ca.us>other").hexdigest()
    BOOST_TEST(a.check_digest("dora", timestamp, "067c8b7ea05184cc849f21f40c5bed23").value_or("-") == "dora");
}

// A flood from one address holds up another by one hash at most.
BOOST_AUTO_TEST_CASE(addresses_take_turns) {
    settings s;
    s.accounts = {account{"dora", hash_password("dora-pw"), "", "", {}}};
    const local_directory who(s);
    authenticator a(s, who);
    std::mutex lock;
    std::vector<std::string> order;
    std::promise<void> all;
    const auto note = [&](const char* from) {
        return [&, from](const authenticator::verdict&) {
            const std::lock_guard hold(lock);
            order.push_back(from);
            if (order.size() == 7) all.set_value();
        };
    };
    for (int i = 0; i < 6; ++i)
        a.check("dora", "wrong", "192.0.2.1", note("flood"));
    a.check("dora", "dora-pw", "192.0.2.2", note("dora"));
    all.get_future().get();
    BOOST_TEST((order[0] == "dora" || order[1] == "dora" || order[2] == "dora"));
}

BOOST_AUTO_TEST_SUITE_END()
