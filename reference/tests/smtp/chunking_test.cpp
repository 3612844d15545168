// BDAT: RFC 3030, RFC 2033 §4.3. Expectations are literals.
#include "reference/tests/smtp/dialog.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace dialog;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(chunking)

namespace {

const std::string envelope = "MAIL FROM:<a@b.test>\r\nRCPT TO:<bob@example.test>\r\n";
const std::string binary = "MAIL FROM:<a@b.test> BODY=BINARYMIME\r\nRCPT TO:<bob@example.test>\r\n";
const std::string accepted = "250 2.0.0 Message s1-1 accepted\r\n";
const turn mail{"MAIL FROM:<a@b.test>\r\n", "250 2.1.0 Sender <a@b.test> OK\r\n"};
const turn rset{"RSET\r\n", "250 2.0.0 Reset OK\r\n"};

std::string bdat(const std::string& octets, bool last = true) {
    return "BDAT " + std::to_string(octets.size()) + (last ? " LAST" : "") + "\r\n" + octets;
}

// Without the Received field.
std::string kept(const outcome& o) {
    BOOST_REQUIRE(o.messages.size() == 1u);
    const auto& content = o.messages[0].content;
    const auto end = content.find("+0000\r\n");
    BOOST_REQUIRE(end != std::string::npos);
    return content.substr(end + 7);
}

void refused(const std::string& octets, const std::string& reply, const std::string& begin = envelope) {
    auto o =
        run_greeted(mta(), {{begin, "*"}, {bdat(octets), reply + "\r\n"}, {"NOOP\r\n", "250 2.0.0 OK\r\n"}});
    BOOST_TEST(o.messages.empty());
}

} // namespace

BOOST_AUTO_TEST_CASE(chunks_are_put_together) {
    auto o = run_greeted(mta(), {{envelope, "*"},
                                 {bdat("Subject: hel", false), "250 2.0.0 12 octets received\r\n"},
                                 {bdat("lo\r\n\r\n.\r\n..\r", false), "250 2.0.0 12 octets received\r\n"},
                                 {bdat("\nend\r\n", false), "250 2.0.0 6 octets received\r\n"},
                                 {"BDAT 0 LAST\r\n", accepted},
                                 {"NOOP\r\n", "250 2.0.0 OK\r\n"}});
    BOOST_TEST(kept(o) == "Subject: hello\r\n\r\n.\r\n..\r\nend\r\n");
    BOOST_TEST(kept(run_greeted(mta(), {{envelope, "*"}, {bdat("no end"), accepted}})) == "no end");
    BOOST_TEST(kept(run_greeted(mta(), {{envelope, "*"}, {bdat("Subject: no end"), accepted}})) ==
               "Subject: no end\r\n");
    BOOST_TEST(kept(run_greeted(mta(), {{envelope, "*"}, {"bdat 0 last\r\n", accepted}})) == "");
    // Commands and content in one segment.
    o = run_greeted(mta(), {{envelope + bdat("A: b\r\n", false) + bdat("\r\nQUIT\r\n") + "NOOP\r\n",
                             "250 2.1.0 Sender <a@b.test> OK\r\n250 2.1.5 Recipient <bob@example.test> OK\r\n"
                             "250 2.0.0 6 octets received\r\n" +
                                 accepted + "250 2.0.0 OK\r\n"}});
    BOOST_TEST(kept(o) == "A: b\r\n\r\nQUIT\r\n");
}

BOOST_AUTO_TEST_CASE(binary_content_survives) {
    const auto octets = "Subject: x\r\n\r\na\nb\rc\0\xFF\r\r\n\n"s;
    auto o = run_greeted(mta(), {{binary, "*"}, {bdat(octets), accepted}});
    BOOST_TEST(kept(o) == octets);
    BOOST_TEST((o.messages[0].envelope.body == smtp::body_type::binary_mime));
    // §3: labelled so, and without the parameter: it MUST be accepted.
    const auto labelled = "Content-Transfer-Encoding: (of course) BINARY\r\n\r\na\nb\rc\0"s;
    o = run_greeted(mta(), {{envelope, "*"}, {bdat(labelled), accepted}});
    BOOST_TEST(kept(o) == labelled);
    BOOST_TEST((o.messages[0].envelope.body == smtp::body_type::binary_mime));
    // Line limits are about lines, of which this has none.
    const std::string endless = "Subject: x\r\n\r\n" + std::string(200'000, 'x');
    BOOST_TEST(kept(run_greeted(mta(), {{binary, "*"}, {bdat(endless), accepted}})) == endless);
}

BOOST_AUTO_TEST_CASE(text_has_crlf) {
    refused("Subject: x\r\n\r\na\nb\r\n", "554 5.6.0 Message refused: bare LF in its content");
    refused("Subject: x\r\n\r\na\rb\r\n", "554 5.6.0 Message refused: bare CR in its content");
    refused("Subject: x\r\n\r\na\r", "554 5.6.0 Message refused: bare CR in its content");
    refused("Subject: x\nTo: y\r\n\r\n", "554 5.6.0 Message refused: bare LF in its header");
    refused("Subject: x\rTo: y\r\n\r\n", "554 5.6.0 Message refused: bare CR in its header", binary);
    refused(std::string((1u << 20) + 1, 'x'), "552 5.3.4 Message exceeds the maximum of 1000000 octets");
}

BOOST_AUTO_TEST_CASE(syntax) {
    const std::string bad = "501 5.5.4 Syntax: BDAT size or BDAT size LAST, of 1 to 18 digits\r\n";
    for (auto line : {"BDAT", "BDAT x", "BDAT -1", "BDAT 1x", "BDAT 0 LAST x", "BDAT 0 FIRST", "BDAT 0  LAST",
                      "BDAT 9999999999999999999"})
        run_greeted(mta(),
                    {{envelope, "*"}, {std::string(line) + "\r\n", bad}, {"NOOP\r\n", "250 2.0.0 OK\r\n"}});
}

BOOST_AUTO_TEST_CASE(out_of_sequence) {
    const std::string no_mail = "503 5.5.1 BDAT: send MAIL first\r\n";
    // The octets are no commands, whatever came of the chunk.
    run_greeted(mta(), {{bdat("QUIT\r\n"), no_mail},
                        {bdat("QUIT\r\n", false), no_mail},
                        mail,
                        {bdat("QUIT\r\n"), "503 5.5.1 BDAT: no valid recipients\r\n"},
                        {"RCPT TO:<bob@example.test>\r\n", "*"},
                        {bdat("A: b\r\n"), accepted},
                        {bdat("A: b\r\n"), no_mail},
                        {"BDAT 0 LAST\r\n", no_mail}});
    run_greeted(mta(), {{envelope, "*"},
                        {bdat("A: b\r\n", false), "250 2.0.0 6 octets received\r\n"},
                        {"DATA\r\n", "503 5.5.1 DATA: the message has begun by BDAT, send RSET first\r\n"},
                        {"RCPT TO:<alice@example.test>\r\n",
                         "503 5.5.1 RCPT: the message has begun, send RSET first\r\n"},
                        {mail.in, "503 5.5.1 MAIL: a transaction is open already\r\n"},
                        {"NOOP\r\n", "250 2.0.0 OK\r\n"},
                        {bdat("\r\n"), accepted}});
    run_greeted(mta(),
                {{binary, "*"}, {"DATA\r\n", "503 5.5.1 DATA: binary content comes by BDAT only\r\n"}});
    run(submission(), {{"", "*"},
                       {"EHLO c.test\r\n", "*"},
                       {bdat("QUIT\r\n"), "530 5.7.0 Must issue a STARTTLS command first\r\n"}});
    auto off = mta();
    off.policy.offer_chunking = false;
    run_greeted(off, {{"BDAT 0 LAST\r\n", "502 5.5.1 BDAT is not provided here\r\n"},
                      {"MAIL FROM:<a@b.test> BODY=BINARYMIME\r\n",
                       "501 5.5.4 Syntax: BODY=7BIT or BODY=8BITMIME\r\n"}});
}

BOOST_AUTO_TEST_CASE(rset_drops_chunks) {
    auto o = run_greeted(mta(), {{envelope, "*"},
                                 {bdat("Subject: one\r\n\r\n", false), "250 2.0.0 16 octets received\r\n"},
                                 rset,
                                 {envelope, "*"},
                                 {bdat("Subject: two\r\n"), "250 2.0.0 Message s1-2 accepted\r\n"}});
    BOOST_TEST(kept(o) == "Subject: two\r\n");
    BOOST_REQUIRE(o.log.size() == 1u);
    BOOST_TEST(o.log[0] == "abort: transaction ended before its content was complete");
    // Before the header section is over nobody has been told of the message.
    o = run_greeted(mta(), {{envelope, "*"}, {bdat("Subject: one\r\n", false), "*"}, rset});
    BOOST_TEST(o.log.empty());
}

BOOST_AUTO_TEST_CASE(what_else_ends_a_transaction_between_chunks) {
    const std::string begun = envelope + bdat("Subject: one\r\n\r\n", false);
    for (std::string ender : {"EHLO c.test\r\n", "STARTTLS\r\n", "QUIT\r\n"}) {
        auto o = run_greeted(mta(), {{begun, "*"}, {ender, "*"}});
        const std::string aborted = "abort: transaction ended before its content was complete";
        BOOST_TEST(std::ranges::count(o.log, aborted) == 1, ender);
        BOOST_TEST(o.messages.empty());
    }
}

BOOST_AUTO_TEST_CASE(a_refused_chunk) {
    const std::string again = "503 5.5.1 BDAT: a chunk was refused, send RSET first\r\n";
    auto o = run_greeted(
        mta(), {{envelope, "*"},
                {bdat("A: b\r\n\r\nx\n", false), "554 5.6.0 Message refused: bare LF in its content\r\n"},
                {bdat("QUIT\r\n", false) + bdat("QUIT\r\n", false), again + again},
                {"DATA\r\n", "503 5.5.1 DATA: the message has begun by BDAT, send RSET first\r\n"},
                rset,
                {envelope, "*"},
                {bdat("A: c\r\n"), "250 2.0.0 Message s1-2 accepted\r\n"}});
    BOOST_TEST(kept(o) == "A: c\r\n");
    auto small = mta();
    small.policy.limits.message_size = 10;
    const std::string too_big = "552 5.3.4 Message exceeds the maximum of 10 octets\r\n";
    o = run_greeted(small, {{envelope, "*"},
                            {bdat("A: b\r\n", false), "250 2.0.0 6 octets received\r\n"},
                            {bdat("C: d\r\n"), too_big},
                            {envelope, "*"},
                            {bdat(std::string(100'000, 'x'), false), too_big},
                            {"BDAT 0 LAST\r\n", again},
                            {envelope, "*"},
                            {bdat("A: b\r\n\r\n12"), "250 2.0.0 Message s1-3 accepted\r\n"}});
    BOOST_TEST(o.messages.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_full_disk) {
    auto full = mta();
    full.verdict = smtp::delivery_verdict::no_space;
    run_greeted(full, {{envelope, "*"},
                       {bdat("A: b\r\n"), "452 4.3.1 Insufficient system storage, try again later\r\n"},
                       {envelope, "*"}});
}

BOOST_AUTO_TEST_CASE(in_lmtp) { // RFC 2033 §4.3
    const std::string two =
        "MAIL FROM:<a@b.test>\r\nRCPT TO:<bob@example.test>\r\nRCPT TO:<carl@example.test>\r\n";
    auto o = run_greeted(lmtp(),
                         {{two, "*"},
                          {bdat("A: b\r\n", false), "250 2.0.0 6 octets received\r\n"},
                          {"BDAT 0 LAST\r\n", "250 2.0.0 <bob@example.test>: Message s1-1 accepted\r\n"
                                              "452 4.3.1 <carl@example.test>: Insufficient system storage, "
                                              "try again later\r\n"}});
    BOOST_TEST(o.messages.at(0).envelope.protocol == "LMTP");
    run_greeted(lmtp(), {mail, {bdat("A: b\r\n") + "NOOP\r\n", "250 2.0.0 OK\r\n"}});
    const std::string bare = "554 5.6.0 Message refused: bare LF in its content\r\n";
    run_greeted(lmtp(),
                {{two, "*"}, {bdat("A: b\r\n\r\nx\n"), bare + bare}, {"NOOP\r\n", "250 2.0.0 OK\r\n"}});
}

BOOST_AUTO_TEST_SUITE_END()
