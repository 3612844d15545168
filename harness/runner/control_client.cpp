// See the header.
#include "harness/runner/control_client.hpp"

#include "net/connect.hpp"
#include "net/endpoint.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include <array>

namespace mailspec::runner {

namespace {

namespace http = boost::beast::http;

constexpr std::size_t longest_answer = 16 * 1024 * 1024;
constexpr std::size_t most_of_an_error = 200; // octets of a body that go into a sentence

std::string request_text(const std::string& address, const std::string& path, const std::string& json) {
    return fmt::format("POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n"
                       "Content-Length: {}\r\nConnection: close\r\n\r\n{}",
                       path, address, json.size(), json);
}

class answer {
  public:
    answer() { parser_.body_limit(longest_answer); }

    bool done() const { return parser_.is_done(); }
    bool ok() const { return parser_.get().result_int() / 100 == 2; }
    std::string take() { return std::move(parser_.get().body()); }
    std::string status() const {
        return fmt::format("{} {}", parser_.get().result_int(), std::string(parser_.get().reason()));
    }

    // What has come; the error is Beast's word for what is wrong with it.
    std::string add(std::string_view octets) {
        buffer_.append(octets);
        while (!buffer_.empty() && !parser_.is_done()) {
            boost::system::error_code code;
            const auto used = parser_.put(boost::asio::buffer(buffer_), code);
            if (code == http::error::need_more) return {};
            if (code) return code.message();
            buffer_.erase(0, used);
            if (used == 0) return {};
        }
        return {};
    }
    std::string end() { // the peer closed
        boost::system::error_code code;
        if (!parser_.got_some()) return "nothing came";
        if (!parser_.is_done()) parser_.put_eof(code);
        return code ? code.message() : parser_.is_done() ? "" : "the answer is cut off";
    }

  private:
    http::response_parser<http::string_body> parser_;
    std::string buffer_;
};

net::task<std::string> read_answer(net::byte_stream& stream, answer& into, net::deadline until) {
    std::array<char, 8192> piece;
    while (!into.done()) {
        const auto got = co_await stream.read_some(piece, until);
        std::string wrong;
        if (got)
            wrong = into.add(std::string_view(piece.data(), *got));
        else if (got.error().kind == net::failure::eof)
            wrong = into.end();
        else
            co_return got.error().text;
        if (!wrong.empty()) co_return "not an HTTP answer: " + wrong;
    }
    co_return std::string{};
}

} // namespace

net::task<std::expected<std::string, std::string>> post_to_control(std::string address, std::string path,
                                                                   std::string json, net::deadline until) {
    const auto what = fmt::format("POST {} {} to the control port {}", path, json, address);
    const auto at = net::parse_endpoint(address);
    if (!at) co_return std::unexpected(fmt::format("{}: {}", what, at.error().text));
    auto stream = co_await net::connect(at->host, at->port, until);
    if (!stream) co_return std::unexpected(fmt::format("{}: {}", what, stream.error().text));
    const auto request = request_text(address, path, json);
    const auto sent = co_await (*stream)->write(request, until);
    if (!sent) co_return std::unexpected(fmt::format("{}: {}", what, sent.error().text));
    answer came;
    const auto wrong = co_await read_answer(**stream, came, until);
    if (!wrong.empty()) co_return std::unexpected(fmt::format("{}: {}", what, wrong));
    auto body = came.take();
    if (came.ok()) co_return body;
    co_return std::unexpected(
        fmt::format("{}: {} {}", what, came.status(), body.substr(0, most_of_an_error)));
}

} // namespace mailspec::runner
