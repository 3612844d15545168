// What FETCH gives of messages: sections, decoded parts, envelopes and structures: RFC 9051 §6.4.5.1, §7.5.2;
// RFC 3516; RFC 2231. Whatever a message holds, the grammar of responses stands.
#include "reference/tests/imap/selected_dialog.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace imap_tests;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(imap_fetch_body)

namespace {

constexpr mailbox::flag_set seen = mailbox::flag::seen;

const std::string header = "From: Anna <anna@a.test>\r\n"
                           "To: bert@b.test\r\n"
                           "Subject: Lunch\r\n"
                           "Date: Wed, 17 Jul 1996 02:23:25 -0700\r\n"
                           "Message-ID: <1@a.test>\r\n"
                           "\r\n";

const std::string nested = "MIME-Version: 1.0\r\n"
                           "Content-Type: multipart/mixed; boundary=b\r\n"
                           "\r\n"
                           "--b\r\n"
                           "\r\n"
                           "one\r\n"
                           "--b\r\n"
                           "Content-Type: message/rfc822\r\n"
                           "\r\n"
                           "Subject: inner\r\n"
                           "Content-Transfer-Encoding: base64\r\n"
                           "\r\n"
                           "aGkKeW91Cg==\r\n"
                           "--b\r\n"
                           "Content-Type: application/x-x\r\n"
                           "Content-Transfer-Encoding: base64\r\n"
                           "\r\n"
                           "AAEC\r\n"
                           "--b\r\n"
                           "Content-Transfer-Encoding: uuencode\r\n"
                           "\r\n"
                           "xyz\r\n"
                           "--b--\r\n";

struct one_message {
    memory_account account;
    one_message() { account.at("INBOX").put(header + "At noon?\r\n", 0, 837596665, -420); }
};

std::string body_of(const std::string& octets) {
    memory_account account;
    account.at("INBOX").put(octets, seen);
    selected_dialog client(account);
    client.how.rev2 = true;
    return client.untagged("FETCH 1 BODY.PEEK[]");
}

// Reads one response of balanced lists, strings and literals to its end; where it stops making sense.
std::size_t readable(const std::string& all) {
    int depth = 0;
    for (std::size_t at = 0; at < all.size(); ++at) {
        const auto c = all[at];
        if (c == '(') ++depth;
        if (c == ')' && --depth < 0) return at;
        if (c == '\r') return depth == 0 && at + 2 == all.size() && all[at + 1] == '\n' ? all.size() : at;
        if (c == '\n' || c == '\0' || c & 0x80) return at;
        if (c == '"') {
            for (++at; at < all.size() && all[at] != '"'; ++at) {
                if (all[at] == '\r' || all[at] == '\n' || all[at] == '\0' || all[at] & 0x80) return at;
                if (all[at] == '\\') ++at;
            }
        } else if (c == '{') {
            const auto size = std::stoul(all.substr(at + 1));
            const auto begin = all.find("}\r\n", at) + 3;
            if (all.substr(begin, size).find('\0') != std::string::npos) return begin;
            at = begin + size - 1;
        }
    }
    return all.size() - 1;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(what_was_computed_once_is_remembered, one_message) {
    selected_dialog client(account);
    const auto first = client.run("FETCH 1 (ENVELOPE BODYSTRUCTURE)");
    BOOST_TEST(account.at("INBOX").opened == 1);
    BOOST_TEST(client.run("FETCH 1 (ENVELOPE BODYSTRUCTURE)") == first);
    BOOST_TEST(account.at("INBOX").opened == 1);
}

BOOST_FIXTURE_TEST_CASE(sections_of_a_message_without_parts, one_message) {
    account.at("INBOX").store_flags(std::vector<mailbox::uid>{1}, {.flags = seen});
    selected_dialog client(account);
    client.how.rev2 = true;
    BOOST_TEST(client.untagged("FETCH 1 BODY[]") ==
               "* 1 FETCH (BODY[] {134}\r\n" + header + "At noon?\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODY[HEADER]") ==
               "* 1 FETCH (BODY[HEADER] {124}\r\n" + header + ")\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODY[TEXT]") == "* 1 FETCH (BODY[TEXT] {10}\r\nAt noon?\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODY[1]") == "* 1 FETCH (BODY[1] {10}\r\nAt noon?\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODY[2]") == "* 1 FETCH (BODY[2] NIL)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 body.peek[header.fields (subject \"To\" x]y)]") ==
               "* 1 FETCH (BODY[HEADER.FIELDS (subject To \"x]y\")] {35}\r\n"
               "To: bert@b.test\r\nSubject: Lunch\r\n\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODY[HEADER.FIELDS.NOT (From Date Message-ID)]") ==
               "* 1 FETCH (BODY[HEADER.FIELDS.NOT (From Date Message-ID)] {35}\r\n"
               "To: bert@b.test\r\nSubject: Lunch\r\n\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 (RFC822 RFC822.HEADER RFC822.TEXT)") ==
               "* 1 FETCH (RFC822 {134}\r\n" + header + "At noon?\r\n RFC822.HEADER {124}\r\n" + header +
                   " RFC822.TEXT {10}\r\nAt noon?\r\n)\r\n");
}

BOOST_FIXTURE_TEST_CASE(partial_fetches, one_message) {
    selected_dialog client(account, true);
    client.how.rev2 = true;
    BOOST_TEST(client.untagged("FETCH 1 BODY[TEXT]<3.4>") == "* 1 FETCH (BODY[TEXT]<3> {4}\r\nnoon)\r\n");
    // RFC 9051 §6.4.5: past the end is truncated, beyond the end is empty, and the origin is always named.
    BOOST_TEST(client.untagged("FETCH 1 BODY[TEXT]<0.2048>") ==
               "* 1 FETCH (BODY[TEXT]<0> {10}\r\nAt noon?\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODY[TEXT]<10.1>") == "* 1 FETCH (BODY[TEXT]<10> {0}\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODY[TEXT]<9223372036854775807.9223372036854775807>") ==
               "* 1 FETCH (BODY[TEXT]<9223372036854775807> {0}\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODY[HEADER.FIELDS (Subject)]<9.5>") ==
               "* 1 FETCH (BODY[HEADER.FIELDS (Subject)]<9> {5}\r\nLunch)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 (BODY[TEXT]<0.2> BODY[TEXT]<0.4> BODY[TEXT]<0.2>)") ==
               "* 1 FETCH (BODY[TEXT]<0> {2}\r\nAt BODY[TEXT]<0> {4}\r\nAt n)\r\n");
}

BOOST_AUTO_TEST_CASE(parts_of_parts) {
    memory_account account;
    account.at("INBOX").put(nested, seen);
    selected_dialog client(account, true);
    client.how.rev2 = true;
    const auto get = [&](const std::string& section) {
        const auto all = client.untagged("FETCH 1 BODY[" + section + "]");
        const auto begin = ("* 1 FETCH (BODY[" + section + "] ").size();
        return all.substr(begin, all.size() - begin - 3);
    };
    BOOST_TEST(get("1") == "{3}\r\none");
    BOOST_TEST(get("1.MIME") == "{2}\r\n\r\n");
    BOOST_TEST(get("2.MIME") == "{32}\r\nContent-Type: message/rfc822\r\n\r\n");
    BOOST_TEST(get("2.HEADER") == "{53}\r\nSubject: inner\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    BOOST_TEST(get("2.HEADER.FIELDS (SUBJECT)") == "{18}\r\nSubject: inner\r\n\r\n");
    BOOST_TEST(get("2.TEXT") == "{12}\r\naGkKeW91Cg==");
    BOOST_TEST(get("2.1") == "{12}\r\naGkKeW91Cg==");
    BOOST_TEST(get("1.HEADER") == "NIL"); // RFC 9051 §6.4.5.1: of messages only
    BOOST_TEST(get("4294967295") == "NIL");
}

BOOST_AUTO_TEST_CASE(binary_is_decoded) {
    memory_account account;
    account.at("INBOX").put(nested, seen);
    selected_dialog client(account, true);
    client.how.rev2 = true;
    // Text has CRLF whatever was encoded, and its size says so (RFC 9051 §7.5.2).
    BOOST_TEST(client.untagged("FETCH 1 (BINARY[2.1] BINARY.SIZE[2.1])") ==
               "* 1 FETCH (BINARY[2.1] {9}\r\nhi\r\nyou\r\n BINARY.SIZE[2.1] 9)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 (BINARY[3] BINARY.SIZE[3])") ==
               "* 1 FETCH (BINARY[3] ~{3}\r\n\0\1\2 BINARY.SIZE[3] 3)\r\n"s);
    // RFC 3516 §4.2: the window counts decoded octets. Without NUL it is an ordinary string.
    BOOST_TEST(client.untagged("FETCH 1 BINARY.PEEK[3]<1.9>") == "* 1 FETCH (BINARY[3]<1> {2}\r\n\1\2)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BINARY[1]") == "* 1 FETCH (BINARY[1] {3}\r\none)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 (BINARY[9] BINARY.SIZE[9])") ==
               "* 1 FETCH (BINARY[9] NIL BINARY.SIZE[9] 0)\r\n");
}

BOOST_AUTO_TEST_CASE(an_unknown_transfer_encoding_is_told) {
    memory_account account;
    account.at("INBOX").put(nested, seen);
    account.at("INBOX").put(header + "x", seen);
    selected_dialog client(account, true);
    client.how.rev2 = true;
    for (const std::string item : {"BINARY[4]", "BINARY.PEEK[4]", "BINARY.SIZE[4]"})
        BOOST_TEST(client.run("FETCH 1 " + item) ==
                   "a NO [UNKNOWN-CTE] The transfer encoding of a part is not known\r\n");
    // What can be had is given.
    BOOST_TEST(client.run("FETCH 1:2 (UID BINARY.SIZE[4])") ==
               "* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2 BINARY.SIZE[4] 0)\r\n"
               "a NO [UNKNOWN-CTE] The transfer encoding of a part is not known\r\n");
}

BOOST_AUTO_TEST_CASE(a_nul_never_stands_in_a_literal) {
    // Sizes stay true: one octet for one.
    BOOST_TEST(body_of("A: b\0c\r\n\r\nx\0y"s) ==
               "* 1 FETCH (BODY[] {13}\r\nA: b\x80"s + "c\r\n\r\nx\x80y)\r\n");
}

BOOST_AUTO_TEST_CASE(octets_past_ascii_and_bare_line_ends_stay) {
    BOOST_TEST(body_of("A: \xc3\xa4\r\n\r\n\xff\r\n\rx\n)") ==
               "* 1 FETCH (BODY[] {16}\r\nA: \xc3\xa4\r\n\r\n\xff\r\n\rx\n))\r\n");
    BOOST_TEST(body_of("") == "* 1 FETCH (BODY[] {0}\r\n)\r\n");
}

BOOST_AUTO_TEST_CASE(envelopes_keep_the_grammar_whatever_is_in_them) {
    memory_account account;
    account.at("INBOX").put("Subject: a \"quoted\" \\ one\r\nFrom: \"x\0y\" <a@b.test>\r\n\r\n"s);
    account.at("INBOX").put("Subject: \xe4\r\n\r\n");
    account.at("INBOX").put("Subject: a\rb\r\nTo: group: a@b.test;\r\n\r\n");
    selected_dialog client(account);
    const auto get = [&](const std::string& n) { return client.untagged("FETCH " + n + " ENVELOPE"); };
    BOOST_TEST(get("1") == "* 1 FETCH (ENVELOPE (NIL \"a \\\"quoted\\\" \\\\ one\" "
                           "(({3}\r\nx\x80y NIL \"a\" \"b.test\")) (({3}\r\nx\x80y NIL \"a\" \"b.test\")) "
                           "(({3}\r\nx\x80y NIL \"a\" \"b.test\")) NIL NIL NIL NIL NIL))\r\n");
    BOOST_TEST(get("2") == "* 2 FETCH (ENVELOPE (NIL {1}\r\n\xe4 NIL NIL NIL NIL NIL NIL NIL NIL))\r\n");
    BOOST_TEST(get("3") == "* 3 FETCH (ENVELOPE (NIL {3}\r\na\rb NIL NIL NIL ((NIL NIL \"group\" NIL)"
                           "(NIL NIL \"a\" \"b.test\")(NIL NIL NIL NIL)) NIL NIL NIL NIL))\r\n");
}

BOOST_AUTO_TEST_CASE(the_structure_of_nested_messages) {
    memory_account account;
    account.at("INBOX").put(nested, seen);
    selected_dialog client(account);
    const std::string text = "(\"charset\" \"us-ascii\") NIL NIL ";
    const std::string inner = "(NIL \"inner\" NIL NIL NIL NIL NIL NIL NIL NIL)";
    BOOST_TEST(client.untagged("FETCH 1 BODY") == "* 1 FETCH (BODY ((\"text\" \"plain\" " + text +
                                                      "\"7bit\" 3 0)"
                                                      "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 65 " +
                                                      inner + " (\"text\" \"plain\" " + text +
                                                      "\"base64\" 12 0) 3)"
                                                      "(\"application\" \"x-x\" NIL NIL NIL \"base64\" 4)"
                                                      "(\"text\" \"plain\" " +
                                                      text + "\"uuencode\" 3 0) \"mixed\"))\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODYSTRUCTURE") ==
               "* 1 FETCH (BODYSTRUCTURE ((\"text\" \"plain\" " + text +
                   "\"7bit\" 3 0 NIL NIL NIL NIL)"
                   "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 65 " +
                   inner + " (\"text\" \"plain\" " + text +
                   "\"base64\" 12 0 NIL NIL NIL NIL) 3 NIL NIL NIL NIL)"
                   "(\"application\" \"x-x\" NIL NIL NIL \"base64\" 4 NIL NIL NIL NIL)"
                   "(\"text\" \"plain\" " +
                   text +
                   "\"uuencode\" 3 0 NIL NIL NIL NIL) \"mixed\" "
                   "(\"boundary\" \"b\") NIL NIL NIL))\r\n");
}

BOOST_AUTO_TEST_CASE(parameters_of_rfc_2231_as_the_client_can_read_them) {
    memory_account account;
    account.at("INBOX").put("Content-Type: application/x-x; name*0*=utf-8''%e2%82; name*1*=%ac\r\n"
                            "Content-Disposition: attachment; filename=\"a b\"; size=5\r\n"
                            "Content-Language: de, en\r\nContent-Location: http://a.test/\r\n"
                            "Content-ID: <i>\r\nContent-Description: d\r\nContent-MD5: m\r\n\r\nhello");
    selected_dialog client(account);
    const std::string rest =
        "\"<i>\" \"d\" \"7bit\" 5 \"m\" (\"attachment\" (\"filename\" \"a b\" \"size\" \"5\")) "
        "(\"de\" \"en\") \"http://a.test/\"))\r\n";
    const std::string begin = "* 1 FETCH (BODYSTRUCTURE (\"application\" \"x-x\" ";
    BOOST_TEST(client.untagged("FETCH 1 BODYSTRUCTURE") ==
               begin + "(\"name*\" \"utf-8''%e2%82%ac\") " + rest);
    client.how.rev2 = true; // RFC 9051 §7.5.2
    BOOST_TEST(client.untagged("FETCH 1 BODYSTRUCTURE") == begin + "(\"name*\" {3}\r\n\xe2\x82\xac) " + rest);
}

BOOST_AUTO_TEST_CASE(a_big_body_is_sent_in_slices) {
    memory_account account;
    const std::string big = header + std::string(1'000'000, 'x');
    account.at("INBOX").put(big, seen);
    account.at("INBOX").put(header, seen);
    selected_dialog client(account);
    client.how.rev2 = true;
    BOOST_TEST((client.run("FETCH 1:2 (BODY[] UID)") == "* 1 FETCH (BODY[] {1000124}\r\n" + big +
                                                            " UID 1)\r\n* 2 FETCH (BODY[] {124}\r\n" +
                                                            header + " UID 2)\r\na OK FETCH completed\r\n"));
    BOOST_TEST(client.slices > 10u);
}

BOOST_AUTO_TEST_CASE(trouble_with_the_disk_is_told) {
    memory_account account;
    account.at("INBOX").put(header + "x", seen);
    selected_dialog client(account);
    account.at("INBOX").refuse_with(mailbox::trouble{mailbox::trouble::kind::corrupt, "/secret/path"});
    BOOST_TEST(client.run("FETCH 1 BODY[]") == "a NO [CORRUPTION] The mailbox is damaged\r\n");
}

BOOST_AUTO_TEST_CASE(no_message_breaks_the_grammar) {
    const std::string model =
        "From: \"A\\\"b\" <a@b.test>, group: c@d.test (x), e;, <@r.test:f@g.test>\r\nTo: (only)\r\n"
        "Subject: =?utf-8?q?x?= \"y\\\r\n z\r\nIn-Reply-To: <1@2>\r\nDate: x\r\n"
        "Content-Disposition: attachment; filename*0*=utf-8''%22; filename*1=\"b\\\"\"\r\n"
        "Content-Language: a, b\r\n" +
        nested;
    const std::string octets = "\0\r\n\"\\(){}<>:;,@=?*%'\x80\xff -b"s;
    std::mt19937 random(9051);
    for (int round = 0; round < 2000; ++round) {
        auto message = model;
        for (int i = 0; i < 8; ++i)
            message[random() % message.size()] = octets[random() % octets.size()];
        memory_account account;
        account.at("INBOX").put(message.substr(0, random() % 4 ? message.size() : random() % message.size()),
                                seen);
        selected_dialog client(account, true);
        const auto all =
            client.untagged("FETCH 1 (ENVELOPE BODY BODYSTRUCTURE BODY[1] BODY[2.HEADER] BODY[])");
        BOOST_TEST_REQUIRE(readable(all) == all.size());
    }
}

BOOST_AUTO_TEST_SUITE_END()
