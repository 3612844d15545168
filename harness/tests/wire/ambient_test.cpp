// Each ambient rule: what breaks it, what does not, and that it stays quiet where it cannot know.
#include "harness/wire/ambient_judge.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace mailspec::wire;

BOOST_AUTO_TEST_SUITE(ambient)

namespace {

// A dialog: sent lines and replies in turn, all judged.
class dialog {
  public:
    explicit dialog(bool lmtp = false)
        : judge_(lmtp) {}

    dialog& c(std::string_view octets) {
        judge_.sent(octets);
        return *this;
    }
    dialog& s(std::string_view octets) {
        while (!octets.empty()) {
            const auto parsed = parse_smtp_reply(octets);
            const auto found = parsed.state == reply_state::complete ? judge_.judge(parsed.reply)
                                                                     : judge_.judge_malformed(octets);
            for (const auto& d : found) {
                rules_ += (rules_.empty() ? "" : " ") + d.rule;
                texts_ += (texts_.empty() ? "" : "\n") + d.text;
            }
            octets.remove_prefix(parsed.state == reply_state::complete ? parsed.used : octets.size());
        }
        return *this;
    }
    dialog& tls() {
        judge_.tls_started();
        return *this;
    }
    dialog& greeted() { return s("220 mx.example.test ready\r\n"); }
    // With ENHANCEDSTATUSCODES.
    dialog& hello() {
        return greeted().c("EHLO x\r\n").s("250-mx.example.test\r\n250 ENHANCEDSTATUSCODES\r\n");
    }
    const std::string& rules() const { return rules_; }
    const std::string& texts() const { return texts_; }
    bool held_against(std::string_view rule) const { return judge_.rules_judged().test(index_of_rule(rule)); }

  private:
    ambient_judge judge_;
    std::string rules_, texts_;
};

} // namespace

BOOST_AUTO_TEST_CASE(the_table) {
    std::set<std::string_view> names;
    for (const auto& rule : ambient_rules()) {
        BOOST_TEST(names.insert(rule.name).second, rule.name);
        BOOST_TEST(!rule.title.empty());
        BOOST_TEST(rule.section.starts_with("RFC "));
        // What RFC 3464 says by its grammar alone has no row in the ledger.
        BOOST_TEST(
            (!rule.requirements.empty() || rule.name.starts_with("dsn-") || rule.name == "pop3-unsolicited"),
            rule.name);
        BOOST_TEST((rule.level == "MUST" || rule.level == "SHOULD"));
        BOOST_TEST(find_ambient_rule(rule.name) == &rule);
    }
    BOOST_TEST(find_ambient_rule("no-such") == nullptr);
    BOOST_CHECK_THROW(index_of_rule("no-such"), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(a_clean_dialog) {
    dialog d;
    d.hello()
        .c("MAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\nDATA\r\n")
        .s("250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on\r\n");
    d.c("Subject: x\r\n\r\nEHLO inside\r\n.\r\n")
        .s("250 2.0.0 kept\r\n")
        .c("QUIT\r\n")
        .s("221 2.0.0 bye\r\n");
    BOOST_TEST(d.rules() == "");
    for (const auto* rule : {"reply-bare-lf", "greeting-domain", "ehlo-domain", "enhanced-code-missing",
                             "reply-unsolicited", "reply-codes-differ"})
        BOOST_TEST(d.held_against(rule), rule);
    BOOST_TEST(!d.held_against("enhanced-codes-differ")); // no multiline reply with codes
}

BOOST_AUTO_TEST_CASE(form_is_passed_on) {
    BOOST_TEST(dialog().greeted().c("NOOP\r\n").s("250 Ok\n").rules() == "reply-bare-lf");
    BOOST_TEST(dialog().greeted().c("NOOP\r\n").s("hello\r\n").rules() == "reply-line-malformed");
    BOOST_TEST(dialog().greeted().c("NOOP\r\n").s("hello\r\n").texts() ==
               "a line without a reply code: \"hello\r\n\"");
}

BOOST_AUTO_TEST_CASE(octets_of_the_text) {
    const auto noop = [](std::string reply) { return dialog().greeted().c("NOOP\r\n").s(reply).rules(); };
    BOOST_TEST(noop("250 a\tb\r\n") == "");
    BOOST_TEST(noop(std::string("250 a\0b\r\n", 9)) == "reply-control-octet");
    BOOST_TEST(noop("250 a\x1b[0m\r\n") == "reply-control-octet");
    BOOST_TEST(noop("250 a\x7f\r\n") == "reply-control-octet");
    BOOST_TEST(noop("250 caf\xc3\xa9\r\n") == "reply-8bit-octet");
    // RFC 5321 §4.1.1.1: ehlo-greet may hold control octets, but no 8-bit ones.
    BOOST_TEST(dialog().greeted().c("EHLO x\r\n").s("250 mx.example.test \x01\r\n").rules() == "");
    BOOST_TEST(dialog().greeted().c("EHLO x\r\n").s("250 mx.example.test \xc3\xa9\r\n").rules() ==
               "reply-8bit-octet");
    // RFC 6531 §3.7.4.2: a client that asked for SMTPUTF8 may get UTF-8.
    BOOST_TEST(dialog().greeted().c("MAIL FROM:<> SMTPUTF8\r\n").s("250 caf\xc3\xa9\r\n").rules() == "");
}

BOOST_AUTO_TEST_CASE(codes_and_texts) {
    const auto noop = [](std::string reply) { return dialog().greeted().c("NOOP\r\n").s(reply).rules(); };
    BOOST_TEST(noop("299 what\r\n") == "reply-second-digit");
    BOOST_TEST(noop("259 what\r\n") == "reply-unlisted-code");
    BOOST_TEST(noop("521 no mail here\r\n") == ""); // RFC 7504
    BOOST_TEST(noop("250 \r\n") == "reply-without-text");
    BOOST_TEST(noop("250\r\n") == "reply-code-without-space reply-without-text");
    BOOST_TEST(dialog().greeted().c("AUTH PLAIN\r\n").s("334 \r\n").rules() == ""); // RFC 4954 §4
    BOOST_TEST(noop("250-first\r\n250 \r\n") == "");
}

BOOST_AUTO_TEST_CASE(greetings) {
    BOOST_TEST(dialog().s("220 mx.example.test ESMTP\r\n").rules() == "");
    BOOST_TEST(dialog().s("220 [192.0.2.1] ESMTP\r\n").rules() == "");
    BOOST_TEST(dialog().s("220 [IPv6:2001:db8::1]\r\n").rules() == "");
    BOOST_TEST(dialog().s("220-mx.example.test ESMTP\r\n220 no spam please\r\n").rules() == "");
    BOOST_TEST(dialog().s("554 go away\r\n").rules() == "");
    BOOST_TEST(dialog().s("220 ESMTP_server ready\r\n").rules() == "greeting-domain");
    BOOST_TEST(dialog().s("220 -x ready\r\n").texts() ==
               "the greeting begins with \"-x\", which is no domain and no address literal");
}

BOOST_AUTO_TEST_CASE(ehlo_replies) {
    const auto ehlo = [](std::string reply) { return dialog().greeted().c("EHLO x\r\n").s(reply).rules(); };
    BOOST_TEST(
        ehlo("250-mx.example.test hello there\r\n250-SIZE 1000\r\n250-X-OWN a=b c\r\n250 8BITMIME\r\n") ==
        "");
    BOOST_TEST(ehlo("250 mx.example.test\r\n") == "");
    BOOST_TEST(ehlo("250-my_host hello\r\n250 SIZE\r\n") == "ehlo-domain");
    BOOST_TEST(ehlo("250-mx.example.test\r\n250-AUTH=PLAIN LOGIN\r\n250 SIZE\r\n") == "ehlo-keyword");
    BOOST_TEST(ehlo("250-mx.example.test\r\n250-\r\n250 SIZE\r\n") == "ehlo-keyword");
    BOOST_TEST(ehlo("250-mx.example.test\r\n250-SIZE  1000\r\n250 DSN\r\n") == "ehlo-parameter");
    BOOST_TEST(ehlo("250-mx.example.test\r\n250-SIZE \r\n250 DSN\r\n") == "ehlo-parameter");
    BOOST_TEST(ehlo("550 no\r\n") == "");
    // HELO and other replies are not held against the EHLO grammar.
    BOOST_TEST(dialog().greeted().c("HELO x\r\n").s("250 hello, my_host\r\n").rules() == "");
    BOOST_TEST(dialog(true).greeted().c("LHLO x\r\n").s("250-mx.example.test\r\n250 a_b\r\n").rules() ==
               "ehlo-keyword");
}

BOOST_AUTO_TEST_CASE(enhanced_codes) {
    const auto noop = [](std::string reply) { return dialog().hello().c("NOOP\r\n").s(reply).rules(); };
    BOOST_TEST(noop("250 2.0.0 Ok\r\n") == "");
    BOOST_TEST(noop("250 Ok\r\n") == "enhanced-code-missing");
    BOOST_TEST(noop("354 go on\r\n") == "");
    BOOST_TEST(noop("250 2.0 Ok\r\n") == "enhanced-code-malformed");
    BOOST_TEST(noop("250 2.0.1000 Ok\r\n") == "enhanced-code-malformed");
    BOOST_TEST(noop("250 2.0.0: Ok\r\n") == "enhanced-code-malformed");
    BOOST_TEST(noop("550 4.1.1 no\r\n") == "enhanced-code-class");
    BOOST_TEST(noop("550 2.1.1 no\r\n") == "enhanced-code-class");
    BOOST_TEST(noop("550-5.1.1 no\r\n550 5.1.2 no\r\n") == "enhanced-codes-differ");
    BOOST_TEST(noop("550-5.1.1 no\r\n550 no\r\n") == "enhanced-code-missing");
    BOOST_TEST(dialog().hello().c("NOOP\r\n").s("250 Ok\r\n").texts() == "no enhanced code in \"250 Ok\"");
    BOOST_TEST(dialog().hello().c("NOOP\r\n").s("550 4.1.1 no\r\n").texts() ==
               "the enhanced code 4.1.1 in a reply 550");
}

BOOST_AUTO_TEST_CASE(where_no_enhanced_code_is_due) {                              // RFC 2034 §4
    BOOST_TEST(dialog().greeted().c("NOOP\r\n").s("250 Ok\r\n").rules() == "");    // not offered
    BOOST_TEST(dialog().hello().c("HELO x\r\n").s("250 hello\r\n").rules() == ""); // HELO
    BOOST_TEST(dialog().hello().c("EHLO\r\n").s("501 syntax\r\n").rules() == "");  // a malformed EHLO
    BOOST_TEST(dialog()
                   .hello()
                   .c("STARTTLS\r\n")
                   .s("220 2.0.0 go\r\n")
                   .tls()
                   .c("NOOP\r\n")
                   .s("250 Ok\r\n")
                   .rules() == "");
    auto later = dialog().hello();
    later.c("EHLO again\r\n").s("250 mx.example.test\r\n").c("NOOP\r\n").s("250 Ok\r\n");
    BOOST_TEST(later.rules() == "");
}

BOOST_AUTO_TEST_CASE(pipelined_replies_are_told_apart) {
    dialog d;
    d.hello()
        .c("NOOP\r\nEHLO x\r\nNOOP\r\n")
        .s("250 2.0.0 Ok\r\n250-mx.example.test\r\n250 ENHANCEDSTATUSCODES\r\n250 Ok\r\n");
    BOOST_TEST(d.rules() == "enhanced-code-missing");
}

BOOST_AUTO_TEST_CASE(nobody_asked) {
    BOOST_TEST(dialog().greeted().s("250 surplus\r\n").rules() == "reply-unsolicited");
    BOOST_TEST(dialog().greeted().c("NOOP\r\n").s("250 Ok\r\n250 again\r\n").rules() == "reply-unsolicited");
    BOOST_TEST(dialog().greeted().s("421 mx.example.test idle too long\r\n").rules() == "");
    BOOST_TEST(dialog().greeted().c("NO").c("OP\r").c("\n").s("250 Ok\r\n").rules() == "");
    BOOST_TEST(dialog().greeted().c("STARTTLS\r\n").s("220 go\r\n").tls().s("250 injected\r\n").rules() ==
               "reply-unsolicited");
    BOOST_TEST(dialog().tls().greeted().c("NOOP\r\n").s("250 Ok\r\n").rules() ==
               ""); // TLS from the first octet
}

BOOST_AUTO_TEST_CASE(one_reply_a_recipient_on_lmtp) { // RFC 2033 §4.2
    const auto after_data = [](std::string replies) {
        dialog d(true);
        d.greeted()
            .c("LHLO x\r\n")
            .s("250 mx.example.test\r\n")
            .c("MAIL FROM:<>\r\nRCPT TO:<a>\r\nRCPT TO:<b>\r\nRCPT TO:<c>\r\n");
        d.s("250 ok\r\n250 ok\r\n550 no\r\n250 ok\r\n")
            .c("DATA\r\n")
            .s("354 go\r\n")
            .c("x\r\n.\r\n")
            .s(replies);
        return d.rules();
    };
    BOOST_TEST(after_data("250 kept\r\n452 full\r\n") == "");
    BOOST_TEST(after_data("250 kept\r\n452 full\r\n250 third\r\n") == "reply-unsolicited");
}

BOOST_AUTO_TEST_CASE(where_the_count_is_not_certain_it_is_not_judged) {
    // A bare LF, an empty line, a line too long, NUL, BDAT: one reply, several or none.
    BOOST_TEST(
        dialog().hello().c("NOOP\nNOOP\r\n").s("500 5.5.2 no\r\n500 5.5.2 no\r\n500 5.5.2 no\r\n").rules() ==
        "");
    BOOST_TEST(dialog().hello().c("\r\n").s("500 5.5.2 no\r\n500 5.5.2 no\r\n").rules() == "");
    BOOST_TEST(
        dialog().hello().c(std::string(600, 'x') + "\r\n").s("500 5.5.2 a\r\n500 5.5.2 b\r\n").rules() == "");
    BOOST_TEST(dialog().hello().c(std::string("NO\0OP\r\n", 7)).s("500 5.5.2 a\r\n500 5.5.2 b\r\n").rules() ==
               "");
    BOOST_TEST(dialog().hello().c("BDAT 3 LAST\r\nabc").s("250 2.0.0 a\r\n250 2.0.0 b\r\n").rules() == "");
    // A response to a challenge that is longer than RFC 4954 §4 asks a server to take.
    dialog endless;
    endless.hello().c("AUTH PLAIN\r\n").s("334 \r\n").c(std::string(12289, 'A') + "\r\n");
    endless.s("500 5.5.6 too long\r\n500 5.5.2 what\r\n");
    BOOST_TEST(endless.rules() == "");
    // Content sent before 354 (a client that does not wait).
    BOOST_TEST(dialog().hello().c("DATA\r\nSubject: x\r\n.\r\n").s("354 go\r\n250 2.0.0 kept\r\n").rules() ==
               "");
    // Content with NUL, or a text line past 1000 octets: it may be refused before its end.
    const auto content = [](std::string line) {
        dialog d;
        d.hello().c("DATA\r\n").s("354 go\r\n").c(line + "\r\n").s("500 5.5.2 no\r\n");
        return d.rules();
    };
    BOOST_TEST(content(std::string(".\0", 2)) == "");
    BOOST_TEST(content(std::string(999, 'x')) == "");
    BOOST_TEST(content(std::string(998, 'x')) == "reply-unsolicited");
    // So may a command line, before its end.
    BOOST_TEST(dialog().hello().c(std::string(513, 'x')).s("500 5.5.2 no\r\n").rules() == "");
    BOOST_TEST(dialog().hello().c(std::string(512, 'x')).s("500 5.5.2 no\r\n").rules() ==
               "reply-unsolicited");
    dialog unfinished;
    unfinished.hello().c("DATA\r\n").s("354 go\r\n").c(std::string(1001, 'x')).s("500 5.5.2 no\r\n");
    BOOST_TEST(unfinished.rules() == "");
    // Form is judged all the same, and enhanced codes where no EHLO is about.
    BOOST_TEST(dialog().hello().c("\r\n").s("500 no\n").rules() == "reply-bare-lf enhanced-code-missing");
    // With an EHLO about, its reply needs no code.
    BOOST_TEST(dialog().hello().c("\r\nEHLO x\r\n").s("250-mx.example.test\r\n250 SIZE\r\n").rules() == "");
}

BOOST_AUTO_TEST_CASE(a_challenge_takes_an_empty_response) {
    dialog d;
    d.hello()
        .c("AUTH PLAIN\r\n")
        .s("334 \r\n")
        .c("AGE=\r\n")
        .s("235 2.7.0 ok\r\n")
        .c("NOOP\r\n")
        .s("250 2.0.0 Ok\r\n");
    d.s("250 2.0.0 surplus\r\n");
    BOOST_TEST(d.rules() == "reply-unsolicited");
}

BOOST_AUTO_TEST_SUITE_END()
