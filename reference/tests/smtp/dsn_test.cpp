// RET, ENVID, NOTIFY, ORCPT: RFC 3461 §4, §5.1, §5.4; RFC 6533 §3. Expectations are literals.
#include "reference/smtp/parameters.hpp"
#include "reference/tests/smtp/dialog.hpp"

#include <boost/test/unit_test.hpp>

using namespace dialog;

BOOST_AUTO_TEST_SUITE(dsn)

namespace {

const std::string sender_ok = "250 2.1.0 Sender <a@b.test> OK";
const std::string recipient_ok = "250 2.1.5 Recipient <bob@example.test> OK";
const std::string bad_envid = "501 5.5.4 Syntax: ENVID=identifier, at most 100 characters of xtext";
const std::string bad_notify = "501 5.5.4 Syntax: NOTIFY=NEVER, or a list of SUCCESS, FAILURE and DELAY";
const std::string bad_orcpt = "501 5.5.4 Syntax: ORCPT=type;address, at most 500 characters";
const std::string bad_address = "501 5.5.4 Syntax: the address of ORCPT is no xtext of printable characters";

void mail(const std::string& parameters, const std::string& reply, const setup& s = mta()) {
    run_greeted(s, {{"MAIL FROM:<a@b.test> " + parameters + "\r\n", reply + "\r\n"}});
}

void rcpt(const std::string& parameters, const std::string& reply, const std::string& of_mail = "") {
    run_greeted(mta(), {{"MAIL FROM:<a@b.test>" + of_mail + "\r\n", sender_ok + "\r\n"},
                        {"RCPT TO:<bob@example.test> " + parameters + "\r\n", reply + "\r\n"}});
}

std::string repeated(std::size_t n) {
    return std::string(n, 'x');
}

} // namespace

BOOST_AUTO_TEST_CASE(ret_and_envid) {
    for (auto good : {"RET=FULL", "RET=HDRS", "ret=hdrs", "RET=fUlL ENVID=QQ314159", "ENVID=a+2Bb+3D(c)+20"})
        mail(good, sender_ok);
    mail("ENVID=" + repeated(100), sender_ok);
    mail("ENVID=" + repeated(101), bad_envid);
    for (auto bad : {"RET=ALL", "RET"})
        mail(bad, "501 5.5.4 Syntax: RET=FULL or RET=HDRS");
    mail("RET=", "501 5.5.4 Syntax: malformed parameter 'RET='");
    // RFC 3461 §4: upper-case digits; §4.4: printable when decoded.
    for (auto bad :
         {"ENVID", "ENVID=a+2bc", "ENVID=a+2", "ENVID=a+", "ENVID=a+0Ab", "ENVID=a+7F", "ENVID=+C3+A9"})
        mail(bad, bad_envid);
    mail("ENVID=a=b", "501 5.5.4 Syntax: malformed parameter 'ENVID=a=b'");
    mail("RET=FULL RET=FULL", "501 5.5.4 Parameter RET given twice"); // §4.5
    mail("ENVID=a RET=FULL envid=a", "501 5.5.4 Parameter envid given twice");
    mail("NOTIFY=NEVER", "555 5.5.4 Parameter NOTIFY is not provided here");
}

BOOST_AUTO_TEST_CASE(notify) {
    for (auto good : {"NOTIFY=NEVER", "NOTIFY=never", "NOTIFY=SUCCESS", "NOTIFY=FAILURE", "NOTIFY=DELAY",
                      "NOTIFY=SUCCESS,FAILURE,DELAY", "notify=Delay,sUCCESS", "NOTIFY=SUCCESS,,DELAY"})
        rcpt(good, recipient_ok);
    for (auto bad : {"NOTIFY", "NOTIFY=ALWAYS", "NOTIFY=NEVER,FAILURE", "NOTIFY=FAILURE,NEVER", "NOTIFY=,",
                     "NOTIFY=SUCCESS,SOON", "NOTIFY=SUCCESS;DELAY"})
        rcpt(bad, bad_notify);
    rcpt("NOTIFY=", "501 5.5.4 Syntax: malformed parameter 'NOTIFY='");
    rcpt("NOTIFY=DELAY NOTIFY=DELAY", "501 5.5.4 Parameter NOTIFY given twice");
    rcpt("RET=FULL", "555 5.5.4 Parameter RET is not provided here");
}

BOOST_AUTO_TEST_CASE(orcpt) {
    for (auto good : {"ORCPT=rfc822;Bob+2Bx@example.test", "orcpt=RFC822;(bob)", "ORCPT=x-local;+20",
                      "ORCPT=rfc822;", "ORCPT=utf-8;d\\x{E9}j@x.test", "ORCPT=utf-8;plain@x.test"})
        rcpt(good, recipient_ok);
    rcpt("ORCPT=rfc822;" + repeated(493), recipient_ok);
    rcpt("ORCPT=rfc822;" + repeated(494), bad_orcpt);
    for (auto bad :
         {"ORCPT", "ORCPT=bob@example.test", "ORCPT=;bob@example.test", "ORCPT=rfc<>822;bob@example.test"})
        rcpt(bad, bad_orcpt);
    for (auto bad : {"ORCPT=rfc822;a+2bc", "ORCPT=rfc822;a+0D+0Ab", "ORCPT=rfc822;+C3+A9", "ORCPT=rfc822;a+",
                     "ORCPT=utf-8;a+zz"})
        rcpt(bad, bad_address);
    rcpt("ORCPT=rfc822;a ORCPT=rfc822;a", "501 5.5.4 Parameter ORCPT given twice");
    // RFC 6533 §3: UTF-8 octets, too, once MAIL had SMTPUTF8.
    rcpt("ORCPT=utf-8;d\xC3\xA9j@x.test", recipient_ok, " SMTPUTF8");
    rcpt("ORCPT=rfc822;d\xC3\xA9j@x.test", bad_address, " SMTPUTF8");
    rcpt("ORCPT=utf-8;d\xC3\xA9j@x.test",
         "553 5.6.7 Recipient address: beyond ASCII only with the parameter SMTPUTF8 of MAIL");
}

BOOST_AUTO_TEST_CASE(the_envelope_has_it_as_it_came) {
    auto o = run_greeted(
        mta(), {{"MAIL FROM:<a@b.test> RET=HDRS ENVID=Aa+2B+41 BODY=8BITMIME\r\n", "*"},
                {"RCPT TO:<bob@example.test> NOTIFY=SUCCESS,DELAY ORCPT=RFC822;B+6Fb@X.test\r\n", "*"},
                {"RCPT TO:<alice@example.test> NOTIFY=NEVER\r\n", "*"},
                {"RCPT TO:<info@example.test>\r\nDATA\r\n.\r\n", "*"}});
    BOOST_REQUIRE(o.messages.size() == 1u);
    const auto& e = o.messages[0].envelope;
    BOOST_TEST((e.ret == smtp::returned::headers));
    BOOST_TEST(e.envelope_id == "Aa+2B+41");
    BOOST_REQUIRE(e.recipients.size() == 3u);
    BOOST_TEST((e.recipients[0].notify == message::notify{.given = true, .success = true, .delay = true}));
    BOOST_TEST(e.recipients[0].original_type == "RFC822");
    BOOST_TEST(e.recipients[0].original == "B+6Fb@X.test");
    BOOST_TEST((e.recipients[1].notify == message::notify{.given = true, .never = true}));
    BOOST_TEST((e.recipients[2].notify == message::notify{}));
    BOOST_TEST(e.recipients[2].original_type == "");
}

BOOST_AUTO_TEST_CASE(long_lines) { // RFC 3461 §5.4
    const std::string head = "RCPT TO:<bob@example.test> ORCPT=rfc822;";
    rcpt("ORCPT=rfc822;" + repeated(1036 - head.size() - 2), bad_orcpt); // read, and judged
    rcpt("ORCPT=rfc822;" + repeated(1100), "500 5.5.2 Line too long: at most 1055 octets");
    auto plain = mta();
    plain.policy.offer_dsn = false;
    run_greeted(plain,
                {{"MAIL FROM:<a@b.test>\r\n", "*"},
                 {"RCPT TO:<" + repeated(600) + ">\r\n", "500 5.5.2 Line too long: at most 512 octets\r\n"}});
}

BOOST_AUTO_TEST_CASE(switched_off) {
    auto s = mta();
    s.policy.offer_dsn = false;
    mail("RET=FULL", "555 5.5.4 Parameter RET is not provided here", s);
    run_greeted(s, {{"MAIL FROM:<a@b.test>\r\n", "*"},
                    {"RCPT TO:<bob@example.test> NOTIFY=NEVER\r\n",
                     "555 5.5.4 Parameter NOTIFY is not provided here\r\n"}});
}

BOOST_AUTO_TEST_SUITE_END()
