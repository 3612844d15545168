// VRFY and EXPN: RFC 5321 §3.5, §7.3. Expectations are literals.
#include "reference/tests/smtp/dialog.hpp"

#include <boost/test/unit_test.hpp>

using namespace dialog;

BOOST_AUTO_TEST_SUITE(verify)

BOOST_AUTO_TEST_CASE(vrfy) {
    run_greeted(mta(), {{"VRFY alice\r\n", "250 2.1.5 Alice Smith <alice@example.test>\r\n"},
                        {"VRFY bob\r\n", "250 2.1.5 <bob@example.test>\r\n"},
                        {"VRFY \"bob\"\r\n", "250 2.1.5 <bob@example.test>\r\n"},
                        {"VRFY \"joe smith\"\r\n", "250 2.1.5 <\"joe smith\"@example.test>\r\n"},
                        {"VRFY bob@example.test\r\n", "250 2.1.5 <bob@example.test>\r\n"},
                        {"VRFY <bob@example.test>\r\n", "250 2.1.5 <bob@example.test>\r\n"},
                        {"VRFY Postmaster\r\n", "250 2.1.5 <postmaster@example.test>\r\n"},
                        {"VRFY postmaster@example.test\r\n", "250 2.1.5 <postmaster@example.test>\r\n"},
                        {"VRFY info\r\n", "250 2.1.5 <info@example.test>\r\n"},
                        {"VRFY team\r\n", "250 2.1.5 <team@example.test>\r\n"},
                        {"VRFY nosuch\r\n", "550 5.1.1 No such user here\r\n"},
                        {"VRFY nosuch@example.test\r\n", "550 5.1.1 No such user here\r\n"},
                        {"VRFY a@other.test\r\n", "550 5.7.1 User not local, and relaying denied\r\n"},
                        {"VRFY later\r\n",
                         "252 2.0.0 Cannot VRFY user, but will accept message and attempt delivery\r\n"},
                        {"VRFY smith\r\n", "553-5.1.4 Ambiguous; possibilities are\r\n"
                                           "553-5.1.4 Alice Smith <alice@example.test>\r\n"
                                           "553 5.1.4 Bob Smith <bob@example.test>\r\n"},
                        {"VRFY\r\n", "501 5.5.4 Syntax: VRFY name or VRFY address\r\n"},
                        {"VRFY a b\r\n", "501 5.5.4 Syntax: VRFY name or VRFY address\r\n"},
                        {"VRFY a@b_c\r\n", "501 5.5.4 Syntax: VRFY name or VRFY address\r\n"}});
}

BOOST_AUTO_TEST_CASE(expn) {
    run_greeted(mta(), {{"EXPN team\r\n",
                         "250-2.1.5 Alice Smith <alice@example.test>\r\n250 2.1.5 <bob@example.test>\r\n"},
                        {"EXPN team@example.test\r\n",
                         "250-2.1.5 Alice Smith <alice@example.test>\r\n250 2.1.5 <bob@example.test>\r\n"},
                        {"EXPN solo\r\n", "250 2.1.5 <bob@example.test>\r\n"},
                        {"EXPN info\r\n", "250 2.1.5 <alice@example.test>\r\n"},
                        {"EXPN nobody\r\n", "550 5.2.4 The list has no members\r\n"},
                        {"EXPN bob\r\n", "550 5.2.4 That is a user name, not a mailing list\r\n"},
                        {"EXPN nosuch\r\n", "550 5.1.1 No such mailing list here\r\n"},
                        {"EXPN list@other.test\r\n", "550 5.7.1 The list is not local\r\n"},
                        {"EXPN later\r\n",
                         "252 2.0.0 Cannot EXPN list now, but will accept message and attempt delivery\r\n"},
                        {"EXPN\r\n", "501 5.5.4 Syntax: EXPN list\r\n"}});
}

BOOST_AUTO_TEST_CASE(switched_off) {
    auto s = mta();
    s.policy.allow_vrfy = s.policy.allow_expn = false;
    run(s,
        {{"", "*"},
         {"EHLO c.test\r\n",
          "250-mx.example.test greets c.test\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n"
          "250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-BINARYMIME\r\n250-"
          "HELP\r\n250 STARTTLS\r\n"},
         {"VRFY nosuch\r\n", "252 2.0.0 Cannot VRFY user, but will accept message and attempt delivery\r\n"},
         {"EXPN nosuch\r\n",
          "252 2.0.0 Cannot EXPN list, but will accept message and attempt delivery\r\n"}});
}

BOOST_AUTO_TEST_CASE(on_submission) {
    run_greeted(submissions(),
                {{"VRFY bob\r\n", "250 2.1.5 <bob@example.test>\r\n"},
                 {"VRFY a@other.test\r\n",
                  "252 2.0.0 Cannot VRFY user, but will accept message and attempt delivery\r\n"}});
}

BOOST_AUTO_TEST_SUITE_END()
