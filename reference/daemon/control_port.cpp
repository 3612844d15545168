// The control port; see the header.
#include "reference/daemon/control_port.hpp"

#include "net/event.hpp"
#include "net/run.hpp"
#include "reference/daemon/configuration_error.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include <array>
#include <expected>
#include <optional>

namespace refmail::daemon {
namespace {

namespace http = boost::beast::http;
namespace json = boost::json;
using request = http::request<http::string_body>;

// A request is small; who trickles it is gone soon.
constexpr std::size_t largest_body = 64 * 1024;
constexpr std::chrono::seconds patience{10};

// "%2B" in an id that somebody typed into a URL.
std::string decoded(std::string_view text) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digit = [&](std::size_t at) {
            const char c = at < text.size() ? text[at] : 'x';
            if (c >= '0' && c <= '9') return c - '0';
            const char lower = static_cast<char>(c | 0x20);
            return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
        };
        if (text[i] == '%' && digit(i + 1) >= 0 && digit(i + 2) >= 0) {
            made += static_cast<char>(digit(i + 1) * 16 + digit(i + 2));
            i += 2;
        } else {
            made += text[i];
        }
    }
    return made;
}

std::string_view view(const auto& text) {
    return {text.data(), text.size()};
}

// RFC 6454: a page of some site sends its Origin along; after DNS rebinding the Host gives it away.
std::optional<control_answer> refusal(const request& asked) {
    if (asked.find(http::field::origin) != asked.end())
        return control_problem(403, "web pages may not use the control port");
    const auto host = net::parse_endpoint(view(asked[http::field::host]));
    const std::string bare = host ? host->host : std::string(view(asked[http::field::host]));
    if (!net::is_loopback(bare))
        return control_problem(403, fmt::format("Host is '{}'; ask for 127.0.0.1 or localhost", bare));
    if (asked.method() != http::verb::get && asked.method() != http::verb::post)
        return control_problem(405, "use GET to look and POST to change");
    return std::nullopt;
}

std::expected<control_request, control_answer> understood(const request& asked) {
    if (auto no = refusal(asked)) return std::unexpected(std::move(*no));
    control_request made;
    made.method = std::string(view(asked.method_string()));
    const auto target = view(asked.target());
    const auto mark = std::min(target.find('?'), target.size());
    made.path = decoded(target.substr(0, mark));
    made.query = std::string(target.substr(std::min(mark + 1, target.size())));
    if (asked.body().empty()) return made;
    boost::system::error_code code;
    const auto body = json::parse(asked.body(), code);
    if (code || !body.is_object())
        return std::unexpected(
            control_problem(400, "the body is no JSON object, such as {\"advance\":\"4h\"}"));
    made.wanted = body.as_object();
    return made;
}

std::string octets_of(const control_answer& answer) {
    const std::string body = json::serialize(answer.body) + "\n";
    return fmt::format("HTTP/1.1 {} {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
                       "Cache-Control: no-store\r\nConnection: close\r\n\r\n{}",
                       answer.status, view(http::obsolete_reason(http::int_to_status(answer.status))),
                       body.size(), body);
}

// Nothing: it broke off, or is no HTTP.
net::task<std::optional<request>> read_request(net::byte_stream& from) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(largest_body);
    parser.eager(true);
    const auto until = net::deadline::in(patience);
    std::array<char, 4096> room;
    std::string waiting;
    while (!parser.is_done()) {
        const auto got = co_await from.read_some(room, until);
        if (!got) co_return std::nullopt;
        waiting.append(room.data(), *got);
        boost::beast::error_code code;
        const auto taken = parser.put(boost::asio::buffer(waiting), code);
        waiting.erase(0, taken);
        if (code == http::error::need_more) continue;
        if (code) co_return std::nullopt;
    }
    co_return parser.release();
}

} // namespace

control_answer control_problem(int status, std::string_view why) {
    control_answer answer;
    answer.status = status;
    answer.body["error"] = json::string_view(why.data(), why.size());
    return answer;
}

control_port::control_port(const boost::asio::any_io_executor& on, const net::endpoint& at, handler answer)
    : answer_(std::move(answer)) {
    auto opened = net::listener::open(on, at);
    if (!opened) throw bad_setting({"control"}, "the control port", opened.error().text);
    listener_ = std::move(*opened);
}

net::task<void> control_port::serve() {
    for (;;) {
        auto accepted = co_await listener_->accept(net::deadline::never());
        if (!accepted && accepted.error().kind == net::failure::closed) co_return;
        if (!accepted) { // out of descriptors: a moment later, perhaps
            co_await net::sleep_until(net::deadline::in(std::chrono::milliseconds(100)));
            continue;
        }
        auto stream = std::make_shared<net::stream_ptr>(std::move(*accepted));
        std::function<net::task<void>()> talk = [this, stream] { return converse(std::move(*stream)); };
        co_await net::spawn_beside(std::move(talk));
    }
}

net::task<void> control_port::converse(net::stream_ptr with) {
    const auto asked = co_await read_request(*with);
    control_answer answer = control_problem(400, "that was no HTTP request");
    if (asked) {
        auto wanted = understood(*asked);
        if (wanted) {
            control_request what = std::move(*wanted);
            answer = co_await answer_(std::move(what));
        } else {
            answer = std::move(wanted.error());
        }
    }
    const std::string octets = octets_of(answer);
    const auto until = net::deadline::in(patience);
    const auto sent = co_await with->write(octets, until);
    if (sent) {
        const auto said = co_await with->shutdown_send(until);
        std::array<char, 1024> ignored; // so that our answer is not destroyed by a reset
        while (said) {
            const auto more = co_await with->read_some(ignored, until);
            if (!more) break;
        }
    }
    with->close();
}

} // namespace refmail::daemon
