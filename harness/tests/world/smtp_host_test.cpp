// One connection to a remote host, without its socket: what it says, and what it writes down, however the
// octets are cut, and whatever they are.
#include "harness/world/smtp_host.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::world;

namespace {

host_reply saying(std::string octets, host_reply::end then = host_reply::end::stays) {
    host_reply reply;
    reply.octets = std::move(octets);
    reply.then = then;
    return reply;
}

struct fixture {
    fixture() {
        behaviour.greets_as = "mx.test";
        behaviour.offers = {"PIPELINING", "ENHANCEDSTATUSCODES"};
    }

    // What the host does now, as text: "250 ok|" for a write, "<close>" ...
    std::string acts() {
        using what = host_action::what;
        std::string all;
        while (const auto action = host->next()) {
            if (action->kind == what::write) all += action->octets;
            if (action->kind == what::pause)
                all += "<pause " + std::to_string(action->duration.count()) + ">";
            if (action->kind == what::start_tls) all += "<tls>";
            if (action->kind == what::break_tls) all += "<broken tls>";
            if (action->kind == what::close) all += "<close>";
            if (action->kind == what::reset) all += "<reset>";
        }
        host->written();
        return all;
    }
    std::string open() {
        host = std::make_unique<smtp_host>(behaviour, session, counts, memory);
        host->opened();
        return acts();
    }
    std::string say(std::string_view octets) {
        host->received(octets);
        return acts();
    }
    // Up to and with DATA.
    void begin_mail() {
        open();
        say("EHLO x\r\n");
        say("MAIL FROM:<a@x>\r\n");
        say("RCPT TO:<b@x>\r\n");
        BOOST_TEST(say("DATA\r\n") == "354 go ahead, end with a dot\r\n");
    }

    host_behaviour behaviour;
    host_session session;
    host_counts counts;
    host_memory memory;
    std::unique_ptr<smtp_host> host;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(smtp_host_test, fixture)

BOOST_AUTO_TEST_CASE(a_transaction) {
    BOOST_TEST(open() == "220 mx.test ESMTP ready\r\n");
    BOOST_TEST(say("EHLO relay.test\r\n") == "250-mx.test\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES\r\n");
    BOOST_TEST(say("MAIL FROM:<\"a> b\"@x> SIZE=12 SMTPUTF8\r\n") == "250 2.1.0 sender fine\r\n");
    BOOST_TEST(say("rcpt to:<B@y> ORCPT=rfc822;b+2Bc@y\r\n") == "250 2.1.5 recipient fine\r\n");
    BOOST_TEST(say("DATA\r\n") == "354 go ahead, end with a dot\r\n");
    BOOST_TEST(say("Subject: x\r\n\r\n..a\r\n.") == "");
    BOOST_TEST(say(".b\r\n.\r\n") == "250 2.0.0 taken\r\n");
    BOOST_TEST(say("QUIT\r\n") == "221 2.0.0 bye\r\n<close>");
    BOOST_TEST(session.mails.size() == 1u);
    const auto& mail = session.mails.front();
    BOOST_TEST(mail.complete);
    BOOST_TEST(mail.order == 1u);
    BOOST_TEST(mail.sender.address == "\"a> b\"@x");
    BOOST_TEST(mail.sender.parameters.at(0).first == "SIZE");
    BOOST_TEST(mail.sender.parameters.at(0).second == "12");
    BOOST_TEST(mail.sender.parameters.at(1).first == "SMTPUTF8");
    BOOST_TEST(mail.recipients.at(0).address == "B@y");
    BOOST_TEST(mail.recipients.at(0).parameters.at(0).second == "rfc822;b+2Bc@y");
    BOOST_TEST(mail.content == "Subject: x\r\n\r\n.a\r\n.b\r\n");
    BOOST_TEST(mail.wire == "Subject: x\r\n\r\n..a\r\n..b\r\n");
    BOOST_TEST((session.ended == host_session::end::quit));
    BOOST_TEST(session.commands.size() == 6u);
    BOOST_TEST(session.commands.at(4).verb == "message");
    BOOST_TEST(session.commands.at(1).reply == "250 2.1.0 sender fine\r\n");
}

BOOST_AUTO_TEST_CASE(only_crlf_dot_crlf_ends_a_message) {
    begin_mail();
    for (auto* piece : {"a\n.\n", "b\r.\r", "c\n.\r\n", "d\r\n.\n", "e\r\n..\r\n"})
        BOOST_TEST(say(piece) == "", piece);
    BOOST_TEST(say("\r\n.\r\n") == "250 2.0.0 taken\r\n");
    BOOST_TEST(session.mails[0].wire == "a\n.\nb\r.\rc\n.\r\nd\r\n.\ne\r\n..\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(an_empty_message) {
    begin_mail();
    BOOST_TEST(say(".\r\n") == "250 2.0.0 taken\r\n");
    BOOST_TEST(session.mails[0].wire == "");
}

// RFC 2920: what comes before the answer to what stands in front of it is ahead.
BOOST_AUTO_TEST_CASE(what_comes_ahead) {
    open();
    say("EHLO x\r\n");
    BOOST_TEST(say("MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDA") ==
               "250 2.1.0 sender fine\r\n250 2.1.5 recipient fine\r\n");
    say("TA\r\n");
    say("x\r\n.\r\nQUIT\r\n");
    std::string ahead;
    for (const auto& c : session.commands)
        ahead += c.verb + (c.ahead ? "+ " : " ");
    BOOST_TEST(ahead == "EHLO MAIL RCPT+ DATA+ message QUIT+ ");
}

BOOST_AUTO_TEST_CASE(what_comes_before_the_greeting_is_ahead) {
    host = std::make_unique<smtp_host>(behaviour, session, counts, memory);
    host->opened();
    host->received("EHLO x\r\n"); // the greeting is not written yet
    acts();
    BOOST_TEST(session.commands.at(0).ahead);
}

BOOST_AUTO_TEST_CASE(a_message_sent_before_354_is_ahead) {
    open();
    say("EHLO x\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\n");
    say("DATA\r\nx\r\n.\r\n");
    BOOST_TEST(session.commands.back().verb == "message");
    BOOST_TEST(session.commands.back().ahead);
}

BOOST_AUTO_TEST_CASE(refused_recipients_have_no_data) {
    behaviour.answers["RCPT"] = {saying("550 5.1.1 no\r\n")};
    open();
    say("EHLO x\r\n");
    BOOST_TEST(
        say("MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\nQUIT\r\n") ==
        "250 2.1.0 sender fine\r\n550 5.1.1 no\r\n554 5.5.1 no valid recipients\r\n221 2.0.0 bye\r\n<close>");
    BOOST_TEST(session.mails[0].refused.size() == 1u);
    BOOST_TEST(!session.mails[0].complete);
}

BOOST_AUTO_TEST_CASE(the_nth_answer) {
    behaviour.answers["RCPT"] = {saying("450 4.2.1 one\r\n"), saying("250 two\r\n")};
    behaviour.recipients["odd@x"] = {saying("552 5.2.2 full\r\n")};
    open();
    say("EHLO x\r\nMAIL FROM:<a@x>\r\n");
    BOOST_TEST(say("RCPT TO:<b@x>\r\n") == "450 4.2.1 one\r\n");
    BOOST_TEST(say("RCPT TO:<Odd@x>\r\n") == "552 5.2.2 full\r\n");
    BOOST_TEST(say("RCPT TO:<b@x>\r\n") == "250 two\r\n");
    BOOST_TEST(say("RCPT TO:<b@x>\r\n") == "250 two\r\n");
}

// Replies come in order: behind one that never comes there is none.
BOOST_AUTO_TEST_CASE(silence) {
    behaviour.answers["MAIL"] = {host_reply{}};
    open();
    say("EHLO x\r\n");
    BOOST_TEST(say("MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\n") == "");
    BOOST_TEST(say("QUIT\r\n") == "");
    BOOST_TEST(session.commands.at(1).reply == "");
    host->ended(false);
    BOOST_TEST((session.ended == host_session::end::quit));
}

BOOST_AUTO_TEST_CASE(closing_and_resetting) {
    behaviour.answers["greeting"] = {saying("421 bye\r\n", host_reply::end::closes)};
    BOOST_TEST(open() == "421 bye\r\n<close>");
    BOOST_TEST(say("EHLO x\r\nQUIT\r\n") == ""); // heard, and not answered
    BOOST_TEST(session.commands.size() == 2u);
    BOOST_TEST((session.ended == host_session::end::quit));
    host_session other;
    behaviour.answers["greeting"] = {saying("220 x\r\n", host_reply::end::resets)};
    host = std::make_unique<smtp_host>(behaviour, other, counts, memory);
    host->opened();
    BOOST_TEST(acts() == "220 x\r\n<reset>");
    BOOST_TEST((other.ended == host_session::end::reset));
}

BOOST_AUTO_TEST_CASE(starttls) {
    behaviour.starttls = true;
    open();
    BOOST_TEST(say("EHLO x\r\n").find("STARTTLS") != std::string::npos);
    BOOST_TEST(say("STARTTLS\r\nNOOP injected\r\n") == "220 2.0.0 go ahead\r\n<tls>");
    net::tls_facts facts;
    facts.version = "TLSv1.3";
    host->secured(facts);
    BOOST_TEST(acts() == ""); // what came in the clear has no effect
    BOOST_TEST(session.commands.back().line == "NOOP injected");
    BOOST_TEST(session.commands.back().ahead);
    BOOST_TEST(say("EHLO x\r\n").find("STARTTLS") == std::string::npos);
    BOOST_TEST(session.commands.back().secured);
    BOOST_TEST(session.tls->version == "TLSv1.3");
}

BOOST_AUTO_TEST_CASE(a_broken_handshake) {
    behaviour.starttls = behaviour.broken_tls = true;
    open();
    say("EHLO x\r\n");
    BOOST_TEST(say("STARTTLS\r\n") == "220 2.0.0 go ahead\r\n<broken tls>");
    host->secured(std::unexpected(net::error{net::failure::tls, "broken"}));
    BOOST_TEST(acts() == "<close>");
    BOOST_TEST(session.tls_failed);
    BOOST_TEST(session.tls_error == "broken");
}

BOOST_AUTO_TEST_CASE(auth_before_mail) {
    behaviour.auth = "u:p";
    open();
    BOOST_TEST(say("EHLO x\r\n").find("AUTH PLAIN LOGIN") != std::string::npos);
    BOOST_TEST(say("MAIL FROM:<a@x>\r\n") == "530 5.7.0 authentication required\r\n");
    BOOST_TEST(say("AUTH PLAIN AHUAeA==\r\n") == "535 5.7.8 wrong user or password\r\n"); // u:x
    BOOST_TEST(say("AUTH PLAIN\r\n") == "334 \r\n");
    BOOST_TEST(say("AHUAcA==\r\n") == "235 2.7.0 welcome\r\n");
    BOOST_TEST(say("MAIL FROM:<a@x>\r\n") == "250 2.1.0 sender fine\r\n");
    BOOST_TEST(session.commands.at(3).reply == "235 2.7.0 welcome\r\n");
    host_session other;
    host = std::make_unique<smtp_host>(behaviour, other, counts, memory);
    host->opened();
    say("EHLO x\r\n");
    BOOST_TEST(say("AUTH LOGIN\r\n") == "334 VXNlcm5hbWU6\r\n");
    BOOST_TEST(say("dQ==\r\n") == "334 UGFzc3dvcmQ6\r\n");
    BOOST_TEST(say("cA==\r\n") == "235 2.7.0 welcome\r\n");
}

BOOST_AUTO_TEST_CASE(chunks) {
    open();
    say("EHLO x\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\n");
    BOOST_TEST(say("BDAT 5\r\n.\r\n") == "");
    BOOST_TEST(say("\r\n") == "250 2.0.0 chunk taken\r\n");
    BOOST_TEST(say("BDAT 2 LAST\r\nx\n") == "250 2.0.0 taken\r\n");
    BOOST_TEST(session.mails[0].content == ".\r\n\r\nx\n");
    BOOST_TEST(session.mails[0].complete);
    BOOST_TEST(say("BDAT 0 LAST\r\n").starts_with("5")); // no transaction, no recipients
}

BOOST_AUTO_TEST_CASE(a_refused_last_chunk) {
    behaviour.answers["BDAT"] = {saying("452 4.3.1 disk full\r\n")};
    open();
    say("EHLO x\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\n");
    BOOST_TEST(say("BDAT 2 LAST\r\nx\n") == "452 4.3.1 disk full\r\n");
    BOOST_TEST(!session.mails[0].complete);
}

BOOST_AUTO_TEST_CASE(lmtp_answers_for_each_recipient) {
    behaviour.lmtp = true;
    behaviour.answers["message"] = {saying("250 one\r\n"), saying("452 two\r\n"), saying("250 three\r\n")};
    open();
    BOOST_TEST(say("EHLO x\r\n").starts_with("500"));
    say("LHLO x\r\nMAIL FROM:<a@x>\r\nRCPT TO:<1@x>\r\nRCPT TO:<2@x>\r\nRCPT TO:<3@x>\r\nDATA\r\n");
    BOOST_TEST(say("x\r\n.\r\n") == "250 one\r\n452 two\r\n250 three\r\n");
    BOOST_TEST(session.mails[0].recipients.size() == 2u);
    BOOST_TEST(session.mails[0].recipients.at(1).address == "3@x");
    BOOST_TEST(session.mails[0].refused.at(0).address == "2@x");
    BOOST_TEST(counts.mails == 1u);
}

BOOST_AUTO_TEST_CASE(greylisting_remembers) {
    behaviour.greylists = true;
    open();
    say("EHLO x\r\nMAIL FROM:<a@x>\r\n");
    BOOST_TEST(say("RCPT TO:<b@x>\r\n").starts_with("450 4.7.1"));
    BOOST_TEST(say("RCPT TO:<b@x>\r\n").starts_with("250"));
}

BOOST_AUTO_TEST_CASE(hostile_octets_are_data) {
    open();
    std::string every;
    for (int octet = 0; octet < 256; ++octet)
        every += static_cast<char>(octet);
    BOOST_TEST(say(every + "\r\n").starts_with("500"));
    BOOST_TEST(say("\r\n\r\n") == "500 5.5.1 command not known\r\n500 5.5.1 command not known\r\n");
    BOOST_TEST(say("RCPT\r\nMAIL\r\nRCPT TO:\r\nDATA\r\n").find("354") != std::string::npos);
    host_session other;
    host = std::make_unique<smtp_host>(behaviour, other, counts, memory);
    host->opened();
    acts();
    std::string said;
    for (int i = 0; i < 5 && said.empty(); ++i)
        said = say(std::string(100'000, 'x')); // a line without end
    BOOST_TEST(said == "500 5.5.2 line too long\r\n<close>");
}

BOOST_AUTO_TEST_CASE(every_cut_gives_the_same) {
    const std::string dialog =
        "EHLO x\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\nA: b\r\n\r\n..\r\n.\r\nQUIT\r\n";
    std::string whole;
    for (std::size_t cut = 0; cut <= dialog.size(); ++cut) {
        session = {};
        auto said = open();
        said += say(dialog.substr(0, cut));
        said += say(dialog.substr(cut));
        if (whole.empty()) whole = said;
        BOOST_TEST(said == whole, cut);
        BOOST_TEST(session.mails.at(0).content == "A: b\r\n\r\n.\r\n");
        BOOST_TEST(session.octets == dialog);
    }
}

BOOST_AUTO_TEST_CASE(a_script_of_its_own) {
    using what = host_line::what;
    const auto line = [](what kind, std::string text) {
        host_line l;
        l.kind = kind;
        l.octets = l.wanted = text;
        l.fits = [text](std::string_view got) { return got == text; };
        return l;
    };
    behaviour.script = {line(what::say, "220 hi\r\n"), line(what::expect, "EHLO x"),
                        line(what::say, "250 a\r\n"),  line(what::expect, "MAIL y"),
                        line(what::say, "250 b\r\n"),  line(what::serve, "")};
    BOOST_TEST(open() == "220 hi\r\n");
    BOOST_TEST(say("EHLO x\r\n") == "250 a\r\n");
    BOOST_TEST(say("MAIL y\r\n") == "250 b\r\n");
    BOOST_TEST(session.script_at == 6u);
    BOOST_TEST(say("RCPT TO:<b@x>\r\n") == "250 2.1.5 recipient fine\r\n");
    host_session other;
    host = std::make_unique<smtp_host>(behaviour, other, counts, memory);
    host->opened();
    acts();
    BOOST_TEST(say("HELO x\r\n") == "<close>");
    BOOST_TEST(other.failed->line == 1u);
    BOOST_TEST(other.failed->wanted == "EHLO x");
    BOOST_TEST(other.failed->got == "HELO x\r\n");
}

BOOST_AUTO_TEST_CASE(a_case_takes_so_many_octets_over_all_its_connections) {
    counts.octets = (80u << 20) - 6; // of others
    open();
    BOOST_TEST(say("NOOP\r\n") == "250 2.0.0 nothing done\r\n");
    BOOST_TEST(say("N") == "<reset>");
    BOOST_TEST(say("OOP\r\n") == "");
    BOOST_TEST(session.commands.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
