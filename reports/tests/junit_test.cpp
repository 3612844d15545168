// JUnit: what it says, and that it is valid whatever a server sends.
#include "reports/junit.hpp"
#include "reports/tests/golden.hpp"
#include "reports/tests/sample_run.hpp"
#include "reports/tests/validator.hpp"

#include <pugixml.hpp>

#include <string>

namespace reports {
BOOST_AUTO_TEST_SUITE(junit)

namespace {

// Reads the report back as a dashboard would.
pugi::xml_document parsed(const std::string& text) {
    pugi::xml_document document;
    const auto result = document.load_buffer(text.data(), text.size());
    BOOST_TEST_REQUIRE(bool(result), result.description());
    return document;
}

std::string attribute(const pugi::xml_document& document, const char* path, const char* name) {
    return document.select_node(path).node().attribute(name).value();
}

std::string every_octet() {
    std::string octets;
    for (int i = 0; i < 256; ++i)
        octets += static_cast<char>(i);
    return octets;
}

} // namespace

BOOST_AUTO_TEST_CASE(golden) {
    const std::string text = write_junit(tests::sample_run());
    tests::check_golden("junit.xml", text);
    if (tests::have_xmllint()) BOOST_TEST(tests::valid_junit(text));
}

BOOST_AUTO_TEST_CASE(a_suite_says_what_was_tested) {
    const auto document = parsed(write_junit(tests::sample_run()));
    auto property = [&](const std::string& name) {
        return attribute(document, ("//testsuite[1]/properties/property[@name='" + name + "']").c_str(),
                         "value");
    };
    BOOST_TEST(property("target") == "Samplemail");
    BOOST_TEST(property("target.version") == "3.7");
    BOOST_TEST(property("mailspec.version") == "0.1.0");
    BOOST_TEST(property("shard") == "2/8");
    BOOST_TEST(property("seed") == "18446744073709551615");
    BOOST_TEST(document.select_nodes("//testsuite").size() ==
               document.select_nodes("//testsuite/properties/property[@name='seed']").size());
}

BOOST_AUTO_TEST_CASE(each_verdict_has_its_element) {
    const auto document = parsed(write_junit(tests::sample_run()));
    auto child = [&](const std::string& name) {
        return std::string(
            document.select_node(("//testcase[@name='" + name + "']/*[1]").c_str()).node().name());
    };
    BOOST_TEST(child("rset-forgets") == "system-out");
    BOOST_TEST(child("nested-mail") == "failure");
    BOOST_TEST(child("vrfy-tells") == "system-out");
    BOOST_TEST(child("noop-argument") == "system-out");
    BOOST_TEST(child("size-limit") == "skipped");
    BOOST_TEST(child("many-recipients") == "error");
    BOOST_TEST(child("known-one") == "skipped");
    BOOST_TEST(child("changed-one") == "failure");
    BOOST_TEST(child("expired-one") == "failure");
    BOOST_TEST(child("repaired-one") == "failure");
    BOOST_TEST(attribute(document, "/testsuites", "tests") == "12");
    BOOST_TEST(attribute(document, "/testsuites", "failures") == "5");
    BOOST_TEST(attribute(document, "/testsuites", "errors") == "1");
    BOOST_TEST(attribute(document, "//testsuite[1]", "skipped") == "2");
    BOOST_TEST(attribute(document, "//testsuite[2]", "skipped") == "1"); // the known deviation
}

BOOST_AUTO_TEST_CASE(a_failure_carries_the_proof) {
    const auto document = parsed(write_junit(tests::sample_run()));
    const auto failure = document.select_node("//testcase[@name='nested-mail']/failure").node();
    BOOST_TEST(failure.attribute("message").value() ==
               std::string("RFC 5321 §4.1.4 MUST: expected 503, got 250-2.1.0 Ok\\r\\n250 more\\n"));
    const std::string body = failure.text().get();
    for (const char* words :
         {"rfc5321-4.1.4-14", "level: MUST", "Expected: 503", "check S: 503", "transaction.yaml:17",
          "Actual: 250-2.1.0 Ok\\r\\n", "C: EHLO client.mailspec.test", "S: 250 more\\n", "C: NO..."})
        BOOST_TEST(body.find(words) != std::string::npos, words << " is not in:\n" << body);
}

BOOST_AUTO_TEST_CASE(system_out_opens_with_what_the_schema_has_no_place_for) {
    const auto document = parsed(write_junit(tests::sample_run()));
    const std::string out =
        document.select_node("//testcase[@name='rset-forgets']/system-out").node().text().get();
    BOOST_TEST(out.starts_with(
                   "clause: RFC 5321 §4.1.4 MUST: a second MAIL inside a transaction is refused with 503 "
                   "(rfc5321-4.1.4-14)\nlevel: MUST\ncase: suites/smtp/rfc5321/transaction.yaml:9\n"),
               out);
}

BOOST_AUTO_TEST_CASE(any_octet_is_valid_and_readable) {
    const std::string hostile[] = {every_octet(),
                                   std::string("\0", 1),
                                   "]]>",
                                   "<![CDATA[x]]>&amp;&#0;<failure/>",
                                   "\xED\xA0\x80 \xED\xBF\xBF",
                                   "\xEF\xBF\xBE\xEF\xBF\xBF",
                                   "\xC2\x85\xE2\x80\xA8",
                                   std::string(1 << 20, 'x') + "\r\n",
                                   std::string(1 << 20, '\0'),
                                   std::string(1 << 20, '\xFF'),
                                   std::string(1 << 20, '\n')};
    for (const std::string& octets : hostile) {
        const std::string text = write_junit(tests::run_with_octets(octets));
        const auto document = parsed(text);
        BOOST_TEST(document.select_nodes("//testcase").size() == 4u); // and the one about the run
        if (tests::have_xmllint())
            BOOST_TEST(tests::valid_junit(text), "octets from " << octets.substr(0, 16));
    }
}

BOOST_AUTO_TEST_CASE(octets_are_told_as_hexadecimal) {
    const std::string text = write_junit(tests::run_with_octets(std::string("\0\x1b]]>\xff", 6)));
    BOOST_TEST(text.find("\\x00\\x1B]]&gt;\\xFF") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_validator_that_cannot_refuse_would_prove_nothing) {
    if (!tests::have_xmllint()) return;
    std::string text = write_junit(tests::sample_run());
    text.replace(text.find("<testcase name="), 15, "<testcase nome=");
    BOOST_TEST(!tests::valid_junit(text));
}

BOOST_AUTO_TEST_CASE(a_run_that_could_not_begin_is_an_error) {
    run_result run;
    run.trouble = "127.0.0.1:2525: connection refused";
    const std::string text = write_junit(run);
    const auto document = parsed(text);
    BOOST_TEST(attribute(document, "//testcase[@name='target']/error", "message") == run.trouble);
    BOOST_TEST(attribute(document, "/testsuites", "errors") == "1");
    if (tests::have_xmllint()) BOOST_TEST(tests::valid_junit(text));
}

BOOST_AUTO_TEST_CASE(an_interrupted_run_is_not_green) {
    run_result run;
    run.interrupted = true;
    const auto document = parsed(write_junit(run));
    BOOST_TEST(attribute(document, "//testcase[@name='complete']/error", "message") ==
               "interrupted: only a part of the cases ran");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace reports
