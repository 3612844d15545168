// HTTP over TLS around one document; see the header. RFC 8461 §3.2, §3.3; RFC 9112 by Beast's parser.
#include "harness/world/policy_host.hpp"

#include "net/event.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include <array>

namespace mailspec::world {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace std::chrono_literals;

constexpr auto patience = 30s; // for the peer, at each turn
constexpr std::uint32_t longest_header = 16 * 1024;
constexpr std::uint64_t longest_body = 64 * 1024;
constexpr std::size_t most_requests = 1000;                         // on one connection
constexpr std::string_view well_known = "/.well-known/mta-sts.txt"; // RFC 8461 §3.3

// RFC 8461 §3.2: lines end in CRLF or LF; what is written with LF goes out with CRLF.
std::string with_crlf_lines(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n' && !out.ends_with('\r')) out += '\r';
        out += c;
    }
    return out;
}

std::string octets_of(http::response<http::string_body>& answer) {
    http::response_serializer<http::string_body> serializer(answer);
    std::string out;
    boost::beast::error_code code;
    while (!serializer.is_done() && !code)
        serializer.next(code, [&](boost::beast::error_code&, const auto& buffers) {
            std::size_t size = 0;
            for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers);
                 ++at) {
                const asio::const_buffer piece = *at;
                out.append(static_cast<const char*>(piece.data()), piece.size());
                size += piece.size();
            }
            serializer.consume(size);
        });
    return out;
}

class policy_session {
  public:
    policy_session(net::byte_stream& stream, const policy_behaviour& behaviour, host_session& session,
                   host_log& log)
        : stream_(stream)
        , behaviour_(behaviour)
        , session_(session)
        , log_(log) {}

    net::task<void> run() {
        bool goes_on = co_await handshake();
        while (goes_on)
            goes_on = co_await answer_one();
        stream_.close();
        log_.changed.notify();
    }

  private:
    net::task<bool> handshake() {
        const auto until = net::deadline::in(patience);
        net::result<net::tls_facts> outcome;
        if (behaviour_.broken_tls || !behaviour_.identity) {
            const auto hello = co_await stream_.read_some(room_, until);
            // RFC 8446 §6: a fatal alert, handshake_failure; or plain HTTP where TLS belongs.
            const std::string_view alert("\x15\x03\x01\x00\x02\x02\x28", 7);
            const std::string_view plain("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
            const std::string_view answer = behaviour_.broken_tls ? alert : plain;
            if (hello) (void)co_await stream_.write(answer, until);
            outcome = std::unexpected(net::error{net::failure::tls, "this host breaks every handshake"});
        } else {
            net::tls_options options;
            options.role = net::tls_role::server;
            options.identity = behaviour_.identity;
            options.max_version = behaviour_.most_tls;
            outcome = co_await stream_.start_tls(options, until);
        }
        if (!outcome && outcome.error().kind == net::failure::closed)
            co_return false; // by us: the case is over
        session_.tls_failed = !outcome;
        if (outcome)
            session_.tls = *outcome;
        else
            session_.tls_error = outcome.error().text;
        if (log_.observer) log_.observer->secured(session_, outcome);
        log_.changed.notify();
        co_return outcome.has_value();
    }

    // One request, whole; false: the connection is over.
    net::task<bool> answer_one() {
        http::request_parser<http::string_body> request;
        request.eager(true); // the body that came with the header, too
        request.header_limit(longest_header);
        request.body_limit(longest_body);
        boost::beast::error_code code;
        const auto until = net::deadline::in(patience);
        while (!request.is_done()) {
            const auto used = request.put(asio::buffer(pending_), code);
            pending_.erase(0, used);
            if (code == http::error::need_more) code = {};
            if (code || request.is_done()) break;
            const auto got = co_await stream_.read_some(room_, until);
            if (!got) {
                ended(got.error().kind);
                co_return false;
            }
            pending_.append(room_.data(), *got);
            session_.octets.append(room_.data(), *got);
        }
        const auto& asked = request.get();
        const auto method = code ? std::string("?") : std::string(asked.method_string());
        const auto path = code ? std::string() : std::string(asked.target());
        note(code ? fmt::format("no HTTP request ({})", code.message()) : fmt::format("{} {}", method, path),
             method, path);
        if (behaviour_.delay.count() > 0) {
            const auto later = net::deadline::in(behaviour_.delay);
            co_await net::sleep_until(later);
        }
        const bool goes_on = !code && asked.keep_alive() && session_.commands.size() < most_requests;
        const auto octets = policy_answer(behaviour_, method, path, goes_on);
        session_.commands.back().reply = octets.substr(0, octets.find('\r'));
        if (log_.observer) log_.observer->written(session_, octets);
        const auto written_by = net::deadline::in(patience); // the delay was ours
        const auto sent = co_await stream_.write(octets, written_by);
        log_.changed.notify();
        co_return sent.has_value() && goes_on;
    }

    void note(std::string line, std::string verb, std::string argument) {
        host_command command;
        command.line = line;
        command.verb = std::move(verb);
        command.argument = std::move(argument);
        command.secured = true;
        session_.commands.push_back(std::move(command));
        if (log_.observer) log_.observer->requested(session_, line);
        log_.changed.notify();
    }

    void ended(net::failure kind) {
        if (kind == net::failure::closed) return;
        session_.ended = kind == net::failure::reset ? host_session::end::reset : host_session::end::eof;
        if (log_.observer) log_.observer->ended(session_, kind == net::failure::reset);
    }

    net::byte_stream& stream_;
    const policy_behaviour& behaviour_;
    host_session& session_;
    host_log& log_;
    std::string pending_;
    std::array<char, 16384> room_;
};

} // namespace

std::string policy_answer(const policy_behaviour& behaviour, std::string_view method, std::string_view path,
                          bool keep_alive) {
    http::response<http::string_body> answer;
    answer.version(11);
    const bool known = path == well_known && (method == "GET" || method == "HEAD");
    int status = behaviour.status;
    if (behaviour.location && status == 200) status = 302;
    if (!known) status = path == well_known ? 405 : 404;
    if (method == "?") status = 400;
    answer.result(static_cast<unsigned>(status));
    answer.set(http::field::server, "mailspec");
    answer.set(http::field::content_type, known ? behaviour.content_type : "text/plain");
    if (known && behaviour.location) answer.set(http::field::location, *behaviour.location);
    answer.keep_alive(keep_alive);
    answer.body() = known ? with_crlf_lines(behaviour.policy) : fmt::format("{}\r\n", status);
    answer.prepare_payload();
    if (method == "HEAD") answer.body().clear();
    return octets_of(answer);
}

net::task<void> serve_policy_host(net::byte_stream& stream, const policy_behaviour& behaviour,
                                  host_session& session, host_log& log) {
    const auto talk = std::make_unique<policy_session>(stream, behaviour, session, log);
    co_await talk->run();
}

} // namespace mailspec::world
