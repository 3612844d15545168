// One GET over HTTPS; see the header.
#include "reference/daemon/https_get.hpp"

#include "net/connect.hpp"
#include "net/endpoint.hpp"
#include "reference/message/mailbox.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/core.h>

namespace refmail::daemon {
namespace {

namespace http = boost::beast::http;
using body_or_why = std::expected<std::string, std::string>;

std::unexpected<std::string> wrong(std::string why) {
    return std::unexpected(std::move(why));
}

// "text/plain; charset=utf-8" is text/plain: RFC 8461 §3.2: parameters are ignored.
bool has_media_type(std::string_view field, std::string_view wanted) {
    auto type = field.substr(0, field.find(';'));
    while (type.ends_with(' ') || type.ends_with('\t'))
        type.remove_suffix(1);
    return message::equals_ignoring_case(type, wanted);
}

body_or_why judge(const http::response<http::string_body>& answer, const https_request& what) {
    if (answer.result_int() != 200) {
        const auto to = answer[http::field::location];
        return wrong(fmt::format("HTTP status {}{}", answer.result_int(),
                                 to.empty() ? "" : ", a redirection, which is not followed"));
    }
    const std::string type(answer[http::field::content_type]);
    if (!has_media_type(type, what.media_type))
        return wrong(fmt::format("its type is '{}', not {}", type, what.media_type));
    return answer.body();
}

net::task<body_or_why> read_answer(net::byte_stream& from, const https_request& what) {
    http::response_parser<http::string_body> parser;
    parser.body_limit(what.most_octets);
    parser.header_limit(16 * 1024);
    parser.eager(true);
    std::string waiting; // what the parser has not taken yet
    std::vector<char> room(16 * 1024);
    while (!parser.is_done()) {
        const auto got = co_await from.read_some(room, what.until);
        boost::beast::error_code code;
        if (!got && got.error().kind == net::failure::eof) {
            // Without a length or chunks, the end of the connection ends the body (RFC 9112 §6.3).
            if (parser.got_some()) parser.put_eof(code);
            if (code || !parser.is_done())
                co_return wrong("the connection ended in the middle of the answer");
            break;
        }
        if (!got) co_return wrong(got.error().text);
        waiting.append(room.data(), *got);
        const auto taken = parser.put(boost::asio::buffer(waiting), code);
        waiting.erase(0, taken);
        if (code == http::error::need_more) continue;
        if (code == http::error::body_limit)
            co_return wrong(fmt::format("its body is larger than {} octets", what.most_octets));
        if (code) co_return wrong("that is no HTTP: " + code.message());
    }
    co_return judge(parser.get(), what);
}

net::task<body_or_why> get_from(std::string address, const https_request& what) {
    auto opened = co_await net::connect(address, what.port, what.until);
    if (!opened) co_return wrong(opened.error().text);
    net::byte_stream& stream = **opened;
    net::tls_options tls;
    tls.min_version = net::tls_version::tls1_2; // RFC 8461 §7.2
    tls.server_name = what.host;                // RFC 8461 §7.1
    tls.trust = what.trust;
    tls.verify_names = {what.host};
    tls.verify_common_name =
        false; // RFC 8461 §3.3: "Matching is performed only against the DNS-ID identifiers"
    const auto shaken = co_await stream.start_tls(tls, what.until);
    if (!shaken) co_return wrong("TLS: " + shaken.error().text);
    if (!shaken->peer.verified) co_return wrong("its certificate: " + shaken->peer.verify_error);
    const std::string host = what.port == 443 ? what.host : fmt::format("{}:{}", what.host, what.port);
    const std::string request = fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: refmaild\r\n"
                                            "Accept: {}\r\nConnection: close\r\n\r\n",
                                            what.path, host, what.media_type);
    const auto written = co_await stream.write(request, what.until);
    if (!written) co_return wrong(written.error().text);
    auto answer = co_await read_answer(stream, what);
    co_return answer;
}

} // namespace

net::task<body_or_why> https_get(https_request what) {
    body_or_why last = wrong("it has no address");
    for (const auto& address : what.addresses) {
        last = co_await get_from(address, what);
        if (last || what.until.passed()) break;
    }
    if (!last) last = wrong(fmt::format("https://{}{}: {}", what.host, what.path, last.error()));
    co_return last;
}

} // namespace refmail::daemon
