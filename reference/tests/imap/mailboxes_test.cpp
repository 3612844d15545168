// Mailboxes as a whole: CREATE, DELETE, RENAME, SUBSCRIBE, STATUS, APPEND, quota, names in modified UTF-7 and
// UTF-8. RFC 9051 §5.1, §6.3; RFC 3502, 4315, 6154, 7889, 9208, 9755. Expectations are literals.
#include "reference/tests/imap/dialog.hpp"

#include <boost/test/unit_test.hpp>

using namespace imap_tests;

BOOST_AUTO_TEST_SUITE(mailboxes)

namespace {

const std::string missing = " NO [NONEXISTENT] There is no such mailbox\r\n";
const std::string no_name = " NO [CANNOT] No mailbox can have that name\r\n";
const std::string exists = " NO [ALREADYEXISTS] There is a mailbox of that name\r\n";
const std::string cannot = " NO [CANNOT] That cannot be done with this mailbox\r\n";
const turn rev2{"e2 ENABLE IMAP4rev2\r\n", "* ENABLED IMAP4rev2\r\ne2 OK ENABLE done\r\n"};

} // namespace

BOOST_AUTO_TEST_CASE(create_and_delete) {
    run(logged_in(), {{"a CREATE a/b/\r\n", "a OK CREATE done\r\n"},
                      {"b CREATE a/b\r\n", "b" + exists},
                      {"c CREATE inbox\r\n", "c" + exists},
                      {"d CREATE \"\"\r\n", "d" + no_name},
                      {"e CREATE /a\r\n", "e" + no_name},
                      {"f CREATE a//b\r\n", "f" + no_name},
                      {"g CREATE {2+}\r\na\x7F\r\n", "g" + no_name},
                      {"h CREATE {3+}\r\na\xC2\x85\r\n", "h" + no_name},
                      {"i CREATE {4+}\r\na\xE2\x80\xA8\r\n", "i" + no_name},
                      {"j CREATE {2+}\r\na\xFF\r\n", "j" + no_name},
                      {"k CREATE &Jjo!\r\n", "k" + no_name},
                      {"l CREATE &U,BTFw-&ZeVnLIqe-\r\n", "l" + no_name},
                      {"m DELETE a\r\n", "m OK DELETE done\r\n"},
                      {"n DELETE a\r\n", "n NO [HASCHILDREN] There are mailboxes below it\r\n"},
                      {"o DELETE inbox\r\n", "o" + cannot},
                      {"p DELETE nowhere\r\n", "p" + missing},
                      {"q LIST \"\" %\r\n", "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\Noselect "
                                            "\\HasChildren) \"/\" a\r\nq OK LIST done\r\n"},
                      {"r DELETE a/b\r\n", "r OK DELETE done\r\n"},
                      {"s CREATE INBOX/x\r\n", "s OK CREATE done\r\n"},
                      {"t DELETE inbox\r\n", "t" + cannot}}); // nor without what is below it
}

BOOST_AUTO_TEST_CASE(special_uses) {
    run(logged_in(),
        {{"a CREATE Entw&APw-rfe (USE (\\Drafts))\r\n", "a OK CREATE done\r\n"},
         {"b CREATE Papers (USE (\\Bogus))\r\n", "b NO [USEATTR] That special use is not possible here\r\n"},
         {"c CREATE Two (USE (\\Sent \\Archive))\r\n", "c OK CREATE done\r\n"},
         {"d CREATE None (USE ())\r\n", "d OK CREATE done\r\n"},
         {"e LIST (SPECIAL-USE) \"\" *\r\n",
          "* LIST (\\HasNoChildren \\Drafts) \"/\" Entw&APw-rfe\r\n"
          "* LIST (\\HasNoChildren \\Archive \\Sent) \"/\" Two\r\ne OK LIST done\r\n"},
         {"f CREATE x (\\Drafts)\r\n", "f BAD CREATE: expected USE (at octet 13 of the command)\r\n"},
         {"g CREATE x (USE (Drafts))\r\n",
          "g BAD CREATE: expected a special use, as \\Drafts (at octet 18 of the command)\r\n"}});
}

BOOST_AUTO_TEST_CASE(rename) {
    auto s = logged_in();
    s.account = [](memory_account& a) { put(a, "INBOX", {"one", "two"}); };
    run(s,
        {{"a CREATE a/b\r\n", "a OK CREATE done\r\n"},
         {"b RENAME a z/y\r\n", "b OK RENAME done\r\n"},
         {"c LIST \"\" *\r\n",
          "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasChildren) \"/\" z\r\n"
          "* LIST (\\HasChildren) \"/\" z/y\r\n* LIST (\\HasNoChildren) \"/\" z/y/b\r\nc OK LIST done\r\n"},
         {"d RENAME nowhere q\r\n", "d" + missing},
         {"e RENAME z INBOX\r\n", "e" + exists},
         {"f RENAME z z/y/c\r\n", "f" + cannot},
         {"g RENAME z \"a//b\"\r\n", "g" + no_name},
         {"h RENAME INBOX old\r\n", "h OK RENAME done\r\n"},
         {"i STATUS INBOX (MESSAGES)\r\n", "* STATUS INBOX (MESSAGES 0)\r\ni OK STATUS done\r\n"},
         {"j STATUS old (MESSAGES)\r\n", "* STATUS old (MESSAGES 2)\r\nj OK STATUS done\r\n"},
         {"k RENAME old\r\n", "k BAD RENAME: expected a space (at octet 13 of the command)\r\n"}});
}

BOOST_AUTO_TEST_CASE(names_between_ascii_and_unicode) {
    // RFC 9051 Appendix A.1: "~peter/mail/&U,BTFw-/&ZeVnLIqe-".
    const std::string chinese = "\xE5\x8F\xB0\xE5\x8C\x97", japanese = "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E";
    run(logged_in(),
        {{"a CREATE ~peter/mail/&U,BTFw-/&ZeVnLIqe-\r\n", "a OK CREATE done\r\n"},
         {"b LIST \"\" ~peter/mail/&U,BTFw-/%\r\n",
          "* LIST (\\HasNoChildren) \"/\" ~peter/mail/&U,BTFw-/&ZeVnLIqe-\r\nb OK LIST done\r\n"},
         // RFC 9755 §3: in UTF-8 too, without ENABLE.
         {"c STATUS \"~peter/mail/" + chinese + "/" + japanese + "\" (MESSAGES)\r\n",
          "* STATUS ~peter/mail/&U,BTFw-/&ZeVnLIqe- (MESSAGES 0)\r\nc OK STATUS done\r\n"},
         rev2,
         {"d LIST \"\" ~peter/mail/%\r\n",
          "* LIST (\\HasChildren) \"/\" \"~peter/mail/" + chinese + "\"\r\nd OK LIST done\r\n"},
         {"e STATUS ~peter/mail/&U,BTFw- (MESSAGES)\r\n", "e" + missing},
         {"f CREATE a&b\r\n", "f OK CREATE done\r\n"},
         {"g LIST \"\" a*\r\n", "* LIST (\\HasNoChildren) \"/\" a&b\r\ng OK LIST done\r\n"}});
    run(logged_in(), {{"a CREATE a&-b\r\n", "a OK CREATE done\r\n"},
                      {"b LIST \"\" a*\r\n", "* LIST (\\HasNoChildren) \"/\" a&-b\r\nb OK LIST done\r\n"}});
}

BOOST_AUTO_TEST_CASE(names_are_normalised) {
    const std::string nfd = "e\xCC\x81te", nfc = "\xC3\xA9te";
    run(logged_in(),
        {rev2,
         {"a CREATE \"" + nfd + "\"\r\n", "* LIST (\\HasNoChildren) \"/\" \"" + nfc + "\" (\"OLDNAME\" (\"" +
                                              nfd + "\"))\r\na OK CREATE done\r\n"},
         {"b STATUS \"" + nfd + "\" (MESSAGES)\r\n",
          "* STATUS \"" + nfc + "\" (MESSAGES 0)\r\nb OK STATUS done\r\n"},
         {"b2 APPEND \"" + nfd + "\" {1+}\r\nx\r\n", "* LIST (\\HasNoChildren) \"/\" \"" + nfc +
                                                         "\" (\"OLDNAME\" (\"" + nfd +
                                                         "\"))\r\nb2 OK [APPENDUID 1002 1] APPEND done\r\n"},
         {"c RENAME \"" + nfd + "\" x\r\n",
          "* LIST (\\HasNoChildren) \"/\" x (\"OLDNAME\" (\"" + nfd + "\"))\r\nc OK RENAME done\r\n"},
         {"d RENAME x \"" + nfd + "\"\r\n",
          "* LIST (\\HasNoChildren) \"/\" \"" + nfc + "\" (\"OLDNAME\" (x))\r\nd OK RENAME done\r\n"},
         {"e DELETE \"" + nfd + "\"\r\n", "* LIST (\\NonExistent \\HasNoChildren) \"/\" \"" + nfc +
                                              "\" (\"OLDNAME\" (\"" + nfd + "\"))\r\ne OK DELETE done\r\n"}});
}

// RFC 9051 §2.3.1.1: UIDs of one UIDVALIDITY are never taken for those of another.
BOOST_AUTO_TEST_CASE(the_uids_of_what_is_selected_may_change) {
    const auto other_uids = [](memory_account& a) {
        a.at("INBOX").change_validity(5);
        put(a, "INBOX", {"other"});
    };
    const std::string no = " NO The UIDs of the selected mailbox are no longer valid\r\n",
                      bye = "* BYE The UIDs of the selected mailbox are no longer valid\r\n";
    setup s = logged_in();
    s.account = [](memory_account& a) { put(a, "INBOX", {"one"}); };
    const turn select{"a SELECT INBOX\r\n", "*"};
    const auto lost = [&](const std::string& in, const std::string& out) {
        const auto o = run(s, {select, {in, out + bye, other_uids}});
        BOOST_TEST(o.closed, in);
        return o;
    };
    lost("b NOOP\r\n", "b OK NOOP done\r\n");
    lost("b FETCH 1 FLAGS\r\n", "b" + no);
    lost("b UID EXPUNGE 1:*\r\n", "b" + no);
    const auto o = lost("b UID STORE 1 FLAGS (\\Deleted)\r\n", "b" + no);
    BOOST_TEST(o.account->at("INBOX").facts().deleted == 0u);
    BOOST_TEST(run(s, {select, {"b IDLE\r\n", "+ idling\r\n"}, {"", bye, other_uids}}).closed);
    // Who leaves the mailbox or selects it anew learns of it; CLOSE removes nothing.
    run(s, {select,
            {"b STORE 1 FLAGS.SILENT (\\Deleted)\r\n", "b OK STORE completed\r\n"},
            {"c CLOSE\r\n", "c OK CLOSE done\r\n", other_uids},
            {"d STATUS INBOX (MESSAGES UIDVALIDITY)\r\n",
             "* STATUS INBOX (MESSAGES 2 UIDVALIDITY 5)\r\nd OK STATUS done\r\n"}});
    const auto again =
        run(s, {select, {"b SELECT INBOX\r\n", "*", other_uids}, {"c NOOP\r\n", "c OK NOOP done\r\n"}});
    BOOST_TEST(!again.closed);
}

BOOST_AUTO_TEST_CASE(deleting_what_is_selected) {
    run(logged_in(),
        {{"a CREATE x\r\n", "*"},
         {"b SELECT x\r\n", "*"},
         {"c DELETE x\r\n", "* OK [CLOSED] The selected mailbox was deleted\r\nc OK DELETE done\r\n"},
         {"d CHECK\r\n", "d BAD CHECK needs a selected mailbox\r\n"}});
    auto o = run(logged_in(),
                 {{"a CREATE x\r\n", "*"},
                  {"b SELECT x\r\n", "*"},
                  {"c NOOP\r\n", "c OK NOOP done\r\n* BYE [NONEXISTENT] The selected mailbox was deleted\r\n",
                   [](memory_account& a) { BOOST_REQUIRE(a.remove("x")); }}});
    BOOST_TEST(o.closed);
}

BOOST_AUTO_TEST_CASE(status) {
    auto s = logged_in();
    s.account = [](memory_account& a) { put(a, "INBOX", {"one", "two"}); };
    run(s, {{"a STATUS inbox (MESSAGES UIDNEXT UIDVALIDITY UNSEEN DELETED SIZE RECENT APPENDLIMIT "
             "DELETED-STORAGE)\r\n",
             "* STATUS INBOX (MESSAGES 2 UIDNEXT 3 UIDVALIDITY 1001 UNSEEN 2 DELETED 0 SIZE 42 RECENT 2 "
             "APPENDLIMIT 52428800 "
             "DELETED-STORAGE 0)\r\na OK STATUS done\r\n"},
            {"b status INBOX (messages messages)\r\n", "* STATUS INBOX (MESSAGES 2)\r\nb OK STATUS done\r\n"},
            {"c STATUS nowhere (MESSAGES)\r\n", "c" + missing},
            {"d STATUS INBOX ()\r\n", "d BAD STATUS: expected an atom (at octet 17 of the command)\r\n"},
            {"e STATUS INBOX (BOGUS)\r\n",
             "e BAD STATUS: expected a STATUS item, as MESSAGES (at octet 22 of the command)\r\n"},
            {"f STATUS INBOX MESSAGES\r\n", "f BAD STATUS: expected \"(\" (at octet 16 of the command)\r\n"},
            rev2,
            {"g STATUS INBOX (RECENT)\r\n",
             "g BAD STATUS: expected a STATUS item, as MESSAGES (at octet 23 of the command)\r\n"}});
}

BOOST_AUTO_TEST_CASE(append) {
    auto o = run(logged_in(),
                 {{"a APPEND INBOX (\\Seen $Work) \"01-Feb-2024 10:00:00 +0100\" {5+}\r\nhello\r\n",
                   "a OK [APPENDUID 1001 1] APPEND done\r\n"},
                  {"b APPEND INBOX {3}\r\n", "+ Ready for the literal\r\n"},
                  {"one (\\Draft) {3+}\r\ntwo \" 1-Mar-2024 00:00:00 -0000\" {5+}\r\nthree\r\n",
                   "b OK [APPENDUID 1001 2:4] APPEND done\r\n"},
                  {"c APPEND nowhere {3+}\r\nabc\r\n", "c NO [TRYCREATE] There is no such mailbox\r\n"},
                  {"d APPEND INBOX {0+}\r\n\r\n", "d NO An empty message cancels APPEND\r\n"},
                  {"e APPEND INBOX {3+}\r\none {0+}\r\n\r\n", "e NO An empty message cancels APPEND\r\n"},
                  {"f APPEND INBOX \"text\"\r\n",
                   "f BAD APPEND: expected a date, as 1-Feb-1994 (at octet 17 of the command)\r\n"},
                  {"g APPEND INBOX (\\Recent) {1+}\r\nx\r\n",
                   "g BAD APPEND: no client can set \\Recent (at octet 17 of the command)\r\n"},
                  {"h APPEND INBOX \"31-Feb-2024 10:00:00 +0100\" {1+}\r\nx\r\n",
                   "h BAD APPEND: no calendar has this date (at octet 28 of the command)\r\n"},
                  {"i APPEND INBOX \"01-Feb-2024 25:00:00 +0100\" {1+}\r\nx\r\n",
                   "i BAD APPEND: no clock shows this time (at octet 43 of the command)\r\n"},
                  {std::string("k APPEND INBOX {1+}\r\n\0\r\n", 24),
                   "k BAD APPEND: a literal holds a NUL (at octet 16 of the command)\r\n"},
                  {"l APPEND INBOX\r\n", "l BAD APPEND: expected a space (at octet 15 of the command)\r\n"},
                  {"m STATUS INBOX (MESSAGES UNSEEN)\r\n",
                   "* STATUS INBOX (MESSAGES 4 UNSEEN 3)\r\nm OK STATUS done\r\n"}});
    const auto first = o.account->at("INBOX").find(1);
    BOOST_REQUIRE(first);
    BOOST_TEST(first->received == 1706778000);
    BOOST_TEST(first->zone == 60);
    const auto stored = o.account->at("INBOX").open(1);
    BOOST_REQUIRE(stored);
    BOOST_TEST((*stored)->octets() == "hello");
}

BOOST_AUTO_TEST_CASE(append_of_utf8_headers_needs_leave) {
    const std::string message = "Subject: \xC3\xA9\r\n\r\nx\r\n", body = "Subject: e\r\n\r\n\xC3\xA9\r\n";
    run(logged_in(),
        {{"a APPEND INBOX {18+}\r\n" + message + "\r\n",
          "a NO Octets above 127 in a header field need ENABLE UTF8=ACCEPT\r\n"},
         {"b APPEND INBOX {18+}\r\n" + body + "\r\n", "b OK [APPENDUID 1001 1] APPEND done\r\n"},
         {"c ENABLE UTF8=ACCEPT\r\n", "*"},
         {"d APPEND INBOX {18+}\r\n" + message + "\r\n", "d OK [APPENDUID 1001 2] APPEND done\r\n"}});
    // A message may have no header at all.
    run(logged_in(), {{"a APPEND INBOX {12+}\r\n\r\n\xC3\xA9\r\n\r\nx\r\n.\r\n",
                       "a OK [APPENDUID 1001 1] APPEND done\r\n"}});
}

// New mail cannot be taken up then, but what is there can be read and removed.
BOOST_AUTO_TEST_CASE(a_full_disk_keeps_nobody_out) {
    auto s = logged_in();
    s.account = [](memory_account& a) {
        put(a, "INBOX", {"one"});
        a.at("INBOX").refuse_with(mailbox::trouble{mailbox::trouble::kind::no_space, "no room"});
    };
    run(s, {{"a STATUS INBOX (MESSAGES)\r\n", "* STATUS INBOX (MESSAGES 1)\r\na OK STATUS done\r\n"},
            {"b SELECT INBOX\r\n", "*"},
            {"c FETCH 1 FLAGS\r\n", "* 1 FETCH (FLAGS (\\Recent))\r\nc OK FETCH completed\r\n"}});
}

BOOST_AUTO_TEST_CASE(append_to_what_is_selected) {
    run(logged_in(), {{"a SELECT INBOX\r\n", "*"},
                      {"b APPEND INBOX {3+}\r\none\r\n",
                       "* 1 EXISTS\r\n* 1 RECENT\r\nb OK [APPENDUID 1001 1] APPEND done\r\n"}});
}

BOOST_AUTO_TEST_CASE(quota) {
    run(logged_in(),
        {{"a GETQUOTAROOT INBOX\r\n", "* QUOTAROOT INBOX\r\na OK GETQUOTAROOT done\r\n"},
         {"b GETQUOTA \"\"\r\n", "b NO [NONEXISTENT] There is no such quota root\r\n"},
         {"c SETQUOTA \"\" (STORAGE 10 message 2)\r\n",
          "* QUOTA \"\" (STORAGE 0 10 MESSAGE 0 2)\r\nc OK SETQUOTA done\r\n"},
         {"d APPEND INBOX {3+}\r\none\r\n", "d OK [APPENDUID 1001 1] APPEND done\r\n"},
         {"e getquotaroot nowhere\r\n", "* QUOTAROOT nowhere \"\"\r\n* QUOTA \"\" (STORAGE 1 10 MESSAGE 1 "
                                        "2)\r\ne OK GETQUOTAROOT done\r\n"},
         {"e GETQUOTAROOT \"&Jj\"\r\n", "e NO [CANNOT] No mailbox can have that name\r\n"},
         {"f GETQUOTA bogus\r\n", "f NO [NONEXISTENT] There is no such quota root\r\n"},
         {"g APPEND INBOX {3+}\r\none {3+}\r\ntwo\r\n", "g NO [OVERQUOTA] The quota is exceeded\r\n"},
         {"h SETQUOTA \"\" (MESSAGE 5)\r\n", "* QUOTA \"\" (MESSAGE 1 5)\r\nh OK SETQUOTA done\r\n"},
         {"i SETQUOTA \"\" (BOGUS 5)\r\n", "i BAD SETQUOTA: there is no such resource here: STORAGE, MESSAGE "
                                           "(at octet 23 of the command)\r\n"},
         {"j SETQUOTA \"\" ()\r\n", "j OK SETQUOTA done\r\n"}});
    auto s = logged_in();
    s.account = [](memory_account& a) { a.may_set_quota = false; };
    run(s, {{"a SETQUOTA \"\" (MESSAGE 5)\r\n", "a NO [NOPERM] You may not set quotas\r\n"}});
}

BOOST_AUTO_TEST_CASE(subscriptions_and_namespace) {
    run(logged_in(), {{"a SUBSCRIBE nowhere/x\r\n", "a OK SUBSCRIBE done\r\n"},
                      {"b SUBSCRIBE nowhere/x\r\n", "b OK SUBSCRIBE done\r\n"},
                      {"c SUBSCRIBE inbox\r\n", "c OK SUBSCRIBE done\r\n"},
                      {"d LSUB \"\" *\r\n",
                       "* LSUB () \"/\" INBOX\r\n* LSUB (\\Noselect) \"/\" nowhere/x\r\nd OK LSUB done\r\n"},
                      {"e LSUB \"\" %\r\n",
                       "* LSUB () \"/\" INBOX\r\n* LSUB (\\Noselect) \"/\" nowhere\r\ne OK LSUB done\r\n"},
                      {"f UNSUBSCRIBE nowhere/x\r\n", "f OK UNSUBSCRIBE done\r\n"},
                      {"g UNSUBSCRIBE nowhere/x\r\n", "g OK UNSUBSCRIBE done\r\n"},
                      {"h LSUB \"\" n*\r\n", "h OK LSUB done\r\n"},
                      {"i SUBSCRIBE \"\"\r\n", "i" + no_name},
                      {"j NAMESPACE\r\n", "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\nj OK NAMESPACE done\r\n"}});
}

BOOST_AUTO_TEST_SUITE_END()
