// ENVELOPE, and what SORT and THREAD read in header fields: RFC 9051 §7.5.2, RFC 5256 §2, §3. Expectations
// are literals.
#include "reference/message/base_subject.hpp"
#include "reference/message/date_time.hpp"
#include "reference/message/envelope_data.hpp"
#include "reference/message/header_fields.hpp"
#include "reference/message/message_ids.hpp"

#include <boost/test/unit_test.hpp>

using namespace refmail::message;

namespace {

std::string shown(const std::optional<std::string>& text) {
    return text ? "\"" + *text + "\"" : "NIL";
}

// As IMAP has it, but without escapes: (NIL NIL "joe" "a.test")
std::string shown(const std::vector<envelope_address>& addresses) {
    if (addresses.empty()) return "NIL";
    std::string out;
    for (const auto& a : addresses)
        out +=
            "(" + shown(a.name) + " " + shown(a.route) + " " + shown(a.mailbox) + " " + shown(a.host) + ")";
    return out;
}

std::string read(std::string_view body) {
    return shown(read_addresses(body));
}

std::string utc(std::string_view date) {
    const auto t = read_sent_date(date);
    if (!t) return "none";
    return format_compact(*t) + (t->offset.count() == 0 ? "" : " " + std::to_string(t->offset.count()));
}

std::string base(std::string_view subject) {
    const auto b = base_subject(subject);
    return b.text + (b.is_reply_or_forward ? "|re" : "");
}

std::string joined(const std::vector<std::string>& list) {
    std::string out;
    for (const auto& one : list)
        out += (out.empty() ? "" : " ") + one;
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(envelope)

BOOST_AUTO_TEST_CASE(addresses) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"", "NIL"},
        {" \r\n", "NIL"},
        {"joe@a.test", R"((NIL NIL "joe" "a.test"))"},
        {" Terry Gray <gray@cac.washington.edu>\r\n", R"(("Terry Gray" NIL "gray" "cac.washington.edu"))"},
        {"minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>",
         R"((NIL NIL "minutes" "CNRI.Reston.VA.US")("John Klensin" NIL "KLENSIN" "MIT.EDU"))"},
        {"\"Giant; \\\"Big\\\" Box\" <sys@b.test>", R"(("Giant; "Big" Box" NIL "sys" "b.test"))"},
        {"Joe Q. Public <john.q.public@example.com>",
         R"(("Joe Q. Public" NIL "john.q.public" "example.com"))"},
        {"=?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be>",
         R"(("=?ISO-8859-1?Q?Andr=E9?= Pirard" NIL "PIRARD" "vm1.ulg.ac.be"))"},
        {"<@a.test,@b.test:joe@c.test>", R"((NIL "@a.test,@b.test" "joe" "c.test"))"},
        {"joe@a.test (Joe (the \\) old) Doe)", R"x(("Joe (the ) old) Doe" NIL "joe" "a.test"))x"},
        {"Joe <joe@a.test> (at home)", R"(("Joe" NIL "joe" "a.test"))"},
        {"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
         R"(("Pete" NIL "pete" "silly.test"))"},
        {"joe . smith @ example . test", R"((NIL NIL "joe.smith" "example.test"))"},
        {"\"joe smith\"@a.test", R"((NIL NIL "joe smith" "a.test"))"},
        {"joe@[127.0. 0.1]", R"((NIL NIL "joe" "[127.0.0.1]"))"},
        {", joe@a.test,, jim@b.test,", R"((NIL NIL "joe" "a.test")(NIL NIL "jim" "b.test"))"},
        {"A\r\n B <joe@a.test>", R"(("A B" NIL "joe" "a.test"))"},
        {"J\xC3\xB6rg <j@\xC3\xBC.test>", "(\"J\xC3\xB6rg\" NIL \"j\" \"\xC3\xBC.test\")"},
        // Groups
        {"A Group:Ed Jones <joe@where.test>,john@one.test;",
         R"((NIL NIL "A Group" NIL)("Ed Jones" NIL "joe" "where.test")(NIL NIL "john" "one.test")(NIL NIL NIL NIL))"},
        {"Undisclosed recipients:;", R"((NIL NIL "Undisclosed recipients" NIL)(NIL NIL NIL NIL))"},
        {"a@b.test, g: c@d.test;, e@f.test",
         R"((NIL NIL "a" "b.test")(NIL NIL "g" NIL)(NIL NIL "c" "d.test")(NIL NIL NIL NIL)(NIL NIL "e" "f.test"))"},
        {"g: a@b.test", R"((NIL NIL "g" NIL)(NIL NIL "a" "b.test")(NIL NIL NIL NIL))"},
        {"g:", R"((NIL NIL "g" NIL)(NIL NIL NIL NIL))"},
        {":;", R"((NIL NIL "" NIL)(NIL NIL NIL NIL))"},
        {"g: h: a@b.test;", R"((NIL NIL "g" NIL)("h:" NIL "a" "b.test")(NIL NIL NIL NIL))"},
        // Broken: as much as can be understood, and no group by mistake
        {"joe", R"((NIL NIL "joe" "MISSING_DOMAIN"))"},
        {"Joe Doe", R"(("Joe Doe" NIL "MISSING_MAILBOX" "MISSING_DOMAIN"))"},
        {"<joe>", R"((NIL NIL "joe" "MISSING_DOMAIN"))"},
        {"Joe <>", R"(("Joe" NIL "MISSING_MAILBOX" "MISSING_DOMAIN"))"},
        {"<>", R"((NIL NIL "MISSING_MAILBOX" "MISSING_DOMAIN"))"},
        {"@a.test", R"((NIL NIL "MISSING_MAILBOX" "a.test"))"},
        {"joe@", R"((NIL NIL "joe" "MISSING_DOMAIN"))"},
        {"joe@, jim@b.test", R"((NIL NIL "joe" "MISSING_DOMAIN")(NIL NIL "jim" "b.test"))"},
        {"Joe Doe joe@a.test", R"(("Joe Doe" NIL "joe" "a.test"))"},
        {"joe@a.test <joe@a.test>", R"(("joe@a.test" NIL "joe" "a.test"))"},
        {"joe@a.test Joe Doe", R"(("Joe Doe" NIL "joe" "a.test"))"},
        {"Joe <joe@a.test", R"(("Joe" NIL "joe" "a.test"))"},
        {"Joe <joe@a.test, jim@b.test", R"(("Joe" NIL "joe" "a.test")(NIL NIL "jim" "b.test"))"},
        {"<<joe@a.test>>", R"((NIL NIL "joe" "a.test"))"},
        {"<joe@a@b>", R"((NIL NIL "joe" "a@b"))"},
        {"<joe doe@a.test>", R"((NIL NIL "joe doe" "a.test"))"},
        {"a@b.test; c@d.test", R"((NIL NIL "a" "b.test")(NIL NIL "c" "d.test"))"},
        {"\"open <joe@a.test>", R"((NIL NIL "open <joe@a.test>" "MISSING_DOMAIN"))"},
        {"(open joe@a.test", R"(("(open" NIL "joe" "a.test"))"},
        {"(open (closed) joe@a.test", R"x(("(open (closed)" NIL "joe" "a.test"))x"},
        {"joe@a.test (Joe", R"(("(Joe" NIL "joe" "a.test"))"},
        {"joe@[127", R"((NIL NIL "joe" "[127"))"},
        {"=?utf-8?Q?a@b,_c?= <joe@a.test>", R"(("=?utf-8?Q?a@b,_c?=" NIL "joe" "a.test"))"},
        {"joe)@a.test", R"x((NIL NIL "joe)" "a.test"))x"},
        {"\\joe@a.test", R"((NIL NIL "\joe" "a.test"))"},
        {"Joe [list] <joe@a.test>", R"(("Joe [list]" NIL "joe" "a.test"))"},
    };
    for (const auto& [body, expected] : table)
        BOOST_TEST(read(body) == expected, body << " gives " << read(body));
}

BOOST_AUTO_TEST_CASE(fields) {
    const auto e = read_envelope("Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\n"
                                 "From: Terry Gray <gray@cac.washington.edu>\r\n"
                                 "Subject: IMAP4rev2 WG mtg\r\n summary\r\n"
                                 "To: imap@cac.washington.edu\r\n"
                                 "cc: minutes@CNRI.Reston.VA.US\r\n"
                                 "To: also@b.test\r\n"
                                 "Message-Id: <B27397-0100000@cac.washington.edu>\r\n"
                                 "Subject: not this one\r\n\r\nBcc: no field\r\n");
    BOOST_TEST(shown(e.date) == "\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\"");
    BOOST_TEST(shown(e.subject) == R"("IMAP4rev2 WG mtg summary")");
    const std::string terry = R"(("Terry Gray" NIL "gray" "cac.washington.edu"))";
    BOOST_TEST(shown(e.from) == terry);
    BOOST_TEST(shown(e.sender) == terry);
    BOOST_TEST(shown(e.reply_to) == terry);
    BOOST_TEST(shown(e.to) == R"((NIL NIL "imap" "cac.washington.edu")(NIL NIL "also" "b.test"))");
    BOOST_TEST(shown(e.cc) == R"((NIL NIL "minutes" "CNRI.Reston.VA.US"))");
    BOOST_TEST(shown(e.bcc) == "NIL");
    BOOST_TEST(shown(e.in_reply_to) == "NIL");
    BOOST_TEST(shown(e.message_id) == R"("<B27397-0100000@cac.washington.edu>")");

    // RFC 9051 §7.5.2: absent is NIL, empty is empty; an empty Sender or Reply-To is From.
    const auto empty =
        read_envelope("Date:\r\nSubject: \r\nFrom: a@b.test\r\nSender:\r\nReply-To: \r\nTo:\r\n\r\n");
    BOOST_TEST(shown(empty.date) == R"("")");
    BOOST_TEST(shown(empty.subject) == R"("")");
    BOOST_TEST(shown(empty.message_id) == "NIL");
    BOOST_TEST(shown(empty.sender) == R"((NIL NIL "a" "b.test"))");
    BOOST_TEST(shown(empty.reply_to) == R"((NIL NIL "a" "b.test"))");
    BOOST_TEST(shown(empty.to) == "NIL");
    const auto told = read_envelope("From: a@b.test\r\nSender: s@b.test\r\nReply-To: r@b.test\r\n\r\n");
    BOOST_TEST(shown(told.sender) == R"((NIL NIL "s" "b.test"))");
    BOOST_TEST(shown(told.reply_to) == R"((NIL NIL "r" "b.test"))");
    BOOST_TEST(shown(read_envelope("").from) == "NIL");
}

BOOST_AUTO_TEST_CASE(header_fields_as_they_are) {
    BOOST_TEST(header_size("a: b\r\n\r\nc") == 8u);
    BOOST_TEST(header_size("a: b\n\nc") == 6u);
    BOOST_TEST(header_size("a: b\r\n") == 6u);
    BOOST_TEST(header_size("\r\nc") == 2u);
    BOOST_TEST(header_size("") == 0u);
    BOOST_TEST(header_size("a: b\r\n \r\n\r\nc") == 11u); // a line of blanks is a continuation
    header_fields fields(" lost\r\na: b\r\n\tc\r\n: x\r\nD e: f\r\n\r\ng: h\r\n");
    std::string seen;
    while (const auto f = fields.next())
        seen += std::string(f->name) + "|" + unfold(f->raw) + "\n";
    BOOST_TEST(seen == "|lost\na|a: b\tc\n|: x\n|D e: f\n");
    BOOST_TEST(field_text("A: b\r\nA: c\r\n", "a").value() == "b");
    BOOST_TEST(!field_text("A: b\r\n\r\nc: d\r\n", "c"));
    BOOST_TEST(unfold(" \r\n a\r\n  b\rc \r\n") == "a  b\rc");
}

BOOST_AUTO_TEST_CASE(base_subjects) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"", ""},
        {"Lunch", "Lunch"},
        {"  Lunch\t\r\n  today ", "Lunch today"},
        {"Re: Lunch", "Lunch|re"},
        {"RE : Lunch", "Lunch|re"},
        {"re[2]: Lunch", "Lunch|re"},
        {"Fw: Fwd: re: Lunch", "Lunch|re"},
        {"Lunch (fwd)", "Lunch|re"},
        {"Lunch (FWD) (fwd) ", "Lunch|re"},
        {"[list] Lunch", "Lunch"},
        {"[list] Re: [list] Lunch", "Lunch|re"},
        {"[a] [b] re [c] : Lunch", "Lunch|re"},
        {"[list]", "[list]"},
        {"[a] [b]", "[b]"},
        {"Re: [list]", "[list]|re"},
        {"[fwd: Lunch]", "Lunch|re"},
        {"[Fwd: Re: [list] Lunch (fwd)]", "Lunch|re"},
        {"[fwd: Lunch] x", "x"},
        {"[fwd: [x] Lunch] x", "[fwd: [x] Lunch] x"},
        {"Re:", "|re"},
        {"Re: (fwd)", "|re"},
        {"Reason: none", "Reason: none"},
        {"Forward: x", "Forward: x"},
        {"re [x Lunch", "re [x Lunch"},
        {"[x Lunch", "[x Lunch"},
        {"=?utf-8?Q?Re=3A_Gr=C3=BC=C3=9Fe?=", "Gr\xC3\xBC\xC3\x9F"
                                              "e|re"},
        {"=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=", "ab"},
    };
    for (const auto& [subject, expected] : table)
        BOOST_TEST(base(subject) == expected, subject << " gives " << base(subject));
    std::string blobs;
    for (int i = 0; i < 200000; ++i)
        blobs += "[a]";
    BOOST_TEST(base(blobs) == "[a]");
}

BOOST_AUTO_TEST_CASE(identifiers) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"", ""},
        {"<a@b>", "a@b"},
        {" <a@b> <c@d>\r\n\t<e@f>", "a@b c@d e@f"},
        {"<\"01KF8JCEOCBS0045PS\"@xxx.yyy.com>", "01KF8JCEOCBS0045PS@xxx.yyy.com"},
        {"<a\r\n b@c>", "ab@c"},
        {"message of Joe <joe@a.test> about <a@b>", "joe@a.test a@b"},
        {"<a> <@b> <c@> <> <d@e>", "d@e"},
        {"<a@b<c@d>", "c@d"},
        {"<a@b", ""},
        {"<\"a@b>", ""},
        {"<a$1%@[127.0.0.1]>", "a$1%@[127.0.0.1]"},
        {"<A@b>", "A@b"},
    };
    for (const auto& [body, expected] : table)
        BOOST_TEST(joined(read_message_ids(body)) == expected, body);
    BOOST_TEST(first_message_id("x <a@b> <c@d>").value() == "a@b");

    auto ids = read_thread_ids(
        "Message-ID: <m@x>\r\nIn-Reply-To: <p@x> <q@x>\r\nReferences: <a@x>\r\n <b@x>\r\n\r\n");
    BOOST_TEST(ids.own.value() == "m@x");
    BOOST_TEST(joined(ids.references) == "a@x b@x");
    ids = read_thread_ids("In-Reply-To: <p@x> <q@x>\r\nReferences: none\r\n\r\n");
    BOOST_TEST(!ids.own.has_value());
    BOOST_TEST(joined(ids.references) == "p@x");
    ids = read_thread_ids("In-Reply-To: yours of Monday\r\nMessage-ID: none\r\n\r\n");
    BOOST_TEST(!ids.own.has_value());
    BOOST_TEST(ids.references.empty());
}

BOOST_AUTO_TEST_CASE(sent_dates) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"Fri, 21 Nov 1997 09:55:06 -0600", "19971121155506 -360"},
        {"31 Dec 2000 16:01:33 -0800", "20010101000133 -480"},
        {"Tue, 1 Jul 2003 10:52:37 +0200 (CEST)", "20030701085237 120"},
        {"Thu,\r\n 13\r\n Feb\r\n 1969\r\n 23:32\r\n -0330 (Newfoundland Time)", "19690214030200 -210"},
        {"21 Nov 97 09:55:06 GMT", "19971121095506"},
        {"Fri, 21 Nov 97 09(comment):   55  :  06 -0600", "19971121155506 -360"},
        {"1 Jan 49 00:00:00 EST", "20490101050000 -300"},
        {"1 Jan 105 00:00:00 PDT", "20050101070000 -420"},
        {"1 Jan 2020 00:00:00 Z", "20200101000000"},
        {"Friday, 21-Nov-97 09:55:06 GMT", "19971121095506"},
        {"Sun Nov  6 08:49:37 1994", "19941106084937"},
        {"Mon, 1 Apr 2002 9:05 +01:00", "20020401080500 60"},
        {"1 March 2002 09:05:00.123 +0000", "20020301090500"},
        {"29 Feb 2024 23:59:60 +0000", "20240301000000"},
        // RFC 5256 §2.2: no zone is UTC, no time is midnight, no date is none.
        {"21 Nov 1997 09:55:06", "19971121095506"},
        {"21 Nov 1997 09:55:06 nowhere", "19971121095506"},
        {"21 Nov 1997 09:55:06 +0199", "19971121095506"},
        {"21 Nov 1997 25:00:00 +0000", "19971121000000"},
        {"21 Nov 1997", "19971121000000"},
        {"29 Feb 2023 00:00:00 +0000", "none"},
        {"0 Feb 2023 00:00:00 +0000", "none"},
        {"21 Foo 1997 09:55:06 +0000", "none"},
        {"21 Nov", "none"},
        {"yesterday", "none"},
        {"", "none"},
    };
    for (const auto& [date, expected] : table)
        BOOST_TEST(utc(date) == expected, date << " gives " << utc(date));
}

BOOST_AUTO_TEST_SUITE_END()
