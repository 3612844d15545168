// Steps that open connections and run TLS handshakes. Says what is wanted of a handshake; the handshake
// itself is script's. Refuses services that nobody knows. Follows docs/suite-language.md, "Several
// connections" and "TLS".
#include "harness/suite/cipher_suites.hpp"
#include "harness/suite/nearest_word.hpp"
#include "harness/suite/step_grammar.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::suite {

namespace {

bool is_tls_version(std::string_view word) {
    return word == "1.0" || word == "1.1" || word == "1.2" || word == "1.3";
}

// `cipher NAME|NAME`. What can never come about (a suite of TLS 1.3 in TLS 1.2) is a mistake of the script,
// and must not be taken for a server's refusal.
struct offered_suites {
    std::size_t at = 0; // in the line
    std::vector<cipher_suite> suites;
};

void read_ciphers(line_cursor& line, offered_suites& offered) {
    offered.at = line.offset();
    for (bool more = true; more;) {
        const auto word = line.peek();
        const auto name = word.substr(0, word.find('|'));
        auto suite = find_cipher_suite(name);
        if (!suite) {
            const auto expected =
                "a cipher suite by its registered name, as `tls cipher "
                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`, that the OpenSSL of this mailspec has "
                "(`openssl ciphers -stdname ALL` lists them)" +
                did_you_mean(name, known_cipher_suites());
            if (name.empty())
                line.fail_expected(expected);
            else
                line.fail(fmt::format("found `{}`, expected {}", name, expected));
            return;
        }
        offered.suites.push_back(*suite);
        more = name.size() < word.size();
        line.skip(name.size() + more);
    }
    line.skip_spaces();
}

void use_ciphers(line_cursor& line, const offered_suites& offered, tls_request& request) {
    for (const auto& suite : offered.suites) {
        const auto& version = request.version.empty() ? offered.suites.front().newest_tls() : request.version;
        if (!suite.works_with(version)) {
            line.fail_at(offered.at,
                         fmt::format("found {}, which is no suite of TLS {}, expected suites of one version "
                                     "(TLS 1.3 has its own, and so has 1.2 with those before)",
                                     suite.openssl_name, version));
            return;
        }
        request.ciphers += (request.ciphers.empty() ? "" : ":") + suite.openssl_name;
    }
}

void parse_tls_options(line_cursor& line, tls_request& request) {
    static const std::vector<std::string> options = {"sni",  "version",     "cipher",
                                                     "alpn", "certificate", "refused"};
    offered_suites offered;
    while (line.ok() && !line.at_end()) {
        if (line.take("sni")) {
            if (line.at_end()) line.fail_expected("a name, as `tls sni {domain}`");
            request.server_name = line.plain_word();
        } else if (line.take("version")) {
            if (!is_tls_version(line.peek())) line.fail_expected("a TLS version: 1.0, 1.1, 1.2 or 1.3");
            request.version = line.word();
        } else if (line.take("cipher")) {
            read_ciphers(line, offered);
        } else if (line.take("alpn")) {
            if (line.at_end()) line.fail_expected("a protocol, as `tls alpn smtp`");
            request.alpn = line.word();
        } else if (line.take("certificate")) {
            request.certificate = true;
        } else if (line.take("refused")) {
            request.refused = true;
        } else {
            line.fail_expected(word_list(options) + did_you_mean(line.peek(), options));
        }
    }
    if (line.ok()) use_ciphers(line, offered, request);
}

} // namespace

step_body parse_open(line_cursor& line) {
    open_connection open;
    static const std::vector<std::string> states = {"nonauth", "auth",          "selected",
                                                    "examine", "authorization", "transaction"};
    static const std::vector<std::string> words = [] {
        auto all = known_services();
        all.insert(all.end(), states.begin(), states.end());
        all.insert(all.end(), {"plain", "sni", "version", "cipher", "alpn", "certificate", "refused"});
        return all;
    }();
    auto& services = known_services();
    if (std::ranges::find(services, line.peek()) != services.end()) open.service = line.word();
    if (std::ranges::find(states, line.peek()) != states.end()) open.state = line.word();
    open.plain = line.take("plain");
    if (!line.at_end() && std::ranges::find(words, line.peek()) == words.end())
        line.fail_expected("a service (" + word_list(services) + "), a state (" + word_list(states) +
                           "), `plain` or options of TLS" + did_you_mean(line.peek(), words));
    if (open.plain)
        line.expect_end("`plain`");
    else
        parse_tls_options(line, open.tls);
    return open;
}

step_body parse_tls(line_cursor& line) {
    start_tls step;
    parse_tls_options(line, step.request);
    return step;
}

} // namespace mailspec::suite
