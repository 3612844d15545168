// Steps that open connections and run TLS handshakes. Says what is wanted of a handshake; the handshake
// itself is script's. Refuses services that nobody knows. Follows docs/suite-language.md, "Several
// connections" and "TLS".
#include "harness/suite/nearest_word.hpp"
#include "harness/suite/step_grammar.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::suite {

namespace {

bool is_tls_version(std::string_view word) {
    return word == "1.0" || word == "1.1" || word == "1.2" || word == "1.3";
}

void parse_tls_options(line_cursor& line, tls_request& request) {
    static const std::vector<std::string> options = {"sni", "version", "alpn", "certificate", "refused"};
    while (line.ok() && !line.at_end()) {
        if (line.take("sni")) {
            if (line.at_end()) line.fail_expected("a name, as `tls sni {domain}`");
            request.server_name = line.plain_word();
        } else if (line.take("version")) {
            if (!is_tls_version(line.peek())) line.fail_expected("a TLS version: 1.0, 1.1, 1.2 or 1.3");
            request.version = line.word();
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
}

} // namespace

step_body parse_open(line_cursor& line) {
    open_connection open;
    static const std::vector<std::string> states = {"nonauth", "auth",          "selected",
                                                    "examine", "authorization", "transaction"};
    static const std::vector<std::string> words = [] {
        auto all = known_services();
        all.insert(all.end(), states.begin(), states.end());
        all.insert(all.end(), {"plain", "sni", "version", "alpn", "certificate", "refused"});
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
