// Asks a running refmaild; see the header.
#include "reference/daemon/control_client.hpp"

#include "net/connect.hpp"
#include "net/endpoint.hpp"
#include "net/run.hpp"
#include "reference/daemon/configuration_error.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include <array>
#include <fstream>

namespace refmail::daemon {
namespace {

namespace http = boost::beast::http;
namespace json = boost::json;
using answer = std::expected<json::object, std::string>;

// A run of the queue is answered when all is settled, and a host may be slow.
constexpr std::chrono::minutes patience{30};

answer understood(const http::response<http::string_body>& got) {
    boost::system::error_code code;
    const auto body = json::parse(got.body(), code);
    if (code || !body.is_object())
        return std::unexpected("that is no control port: its answer is no JSON object");
    const auto* error = body.as_object().if_contains("error");
    if (error && error->is_string()) return std::unexpected(std::string(error->as_string().c_str()));
    return body.as_object();
}

net::task<answer> converse(net::byte_stream& with, std::string request) {
    const auto until = net::deadline::in(patience);
    const auto sent = co_await with.write(request, until);
    if (!sent) co_return std::unexpected(sent.error().text);
    http::response_parser<http::string_body> parser;
    parser.body_limit(std::uint64_t{1} << 30);
    parser.eager(true);
    std::string waiting;
    std::array<char, 16 * 1024> room;
    while (!parser.is_done()) {
        const auto got = co_await with.read_some(room, until);
        if (!got) co_return std::unexpected("it hung up: " + got.error().text);
        waiting.append(room.data(), *got);
        boost::beast::error_code code;
        const auto taken = parser.put(boost::asio::buffer(waiting), code);
        waiting.erase(0, taken);
        if (code && code != http::error::need_more)
            co_return std::unexpected("that is no control port: " + code.message());
    }
    co_return understood(parser.get());
}

net::task<answer> connect_and_ask(net::endpoint at, std::string request) {
    const auto until = net::deadline::in(std::chrono::seconds(10));
    auto stream = co_await net::connect(at.host, at.port, until);
    if (!stream)
        co_return std::unexpected(fmt::format("no refmaild answers at {} ({}); is it running?", to_string(at),
                                              stream.error().text));
    co_return co_await converse(**stream, std::move(request));
}

} // namespace

std::string control_address_in(const std::string& data) {
    std::ifstream in(data + "/control");
    std::string line;
    if (std::getline(in, line) && net::parse_endpoint(line)) return line;
    throw configuration_error(
        fmt::format("no refmaild with a control port runs on {}; name its folder with --data, "
                    "or its address with --control",
                    data));
}

std::expected<json::object, std::string> ask_control(const std::string& address, const std::string& path,
                                                     const std::string& body) {
    const auto at = net::parse_endpoint(address);
    if (!at) return std::unexpected(at.error().text);
    const std::string request =
        fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
                    "Connection: close\r\n\r\n{}",
                    body.empty() ? "GET" : "POST", path, address, body.size(), body);
    return net::run_for<answer>([&]() -> net::task<answer> { return connect_and_ask(*at, request); });
}

} // namespace refmail::daemon
