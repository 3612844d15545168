// A client of SMTP and LMTP for one message; see the header.
#include "harness/world/handover.hpp"

#include "harness/wire/dot_stuffing.hpp"
#include "harness/wire/octets.hpp"
#include "harness/wire/smtp_reply.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace mailspec::world {
namespace {

constexpr std::size_t longest_reply = 1024 * 1024; // of one reply

class client {
  public:
    client(net::stream_ptr stream, handover how)
        : stream_(std::move(stream))
        , how_(std::move(how)) {}

    // False: it is refused, or trouble_ says what went wrong.
    net::task<bool> step(std::string_view what, std::string octets, char wanted) {
        if (!octets.empty()) {
            if (how_.told) how_.told(true, octets);
            const auto until = net::deadline::in(how_.patience);
            const auto sent = co_await stream_->write(octets, until);
            if (!sent) {
                trouble_ = reason(sent.error());
                co_return false;
            }
        }
        auto came = co_await reply();
        if (!came) {
            trouble_ = came.error();
            co_return false;
        }
        last_ = std::move(*came);
        if (last_.code[0] == wanted) co_return true;
        refusal_ = fmt::format("{} was answered by {}", what, wire::without_line_end(last_.raw));
        co_return false;
    }

    net::task<client_result<handed_over>> run(std::string message) {
        bool ok = co_await step("the connection", "", '2');
        const std::string_view hello = how_.lmtp ? "LHLO" : "EHLO";
        if (ok) ok = co_await step(hello, fmt::format("{} {}\r\n", hello, how_.client), '2');
        const bool wide = std::ranges::any_of(message, wire::is_8bit);
        const bool says_so = wide && ok && wire::capabilities_of(last_).has("8BITMIME");
        auto mail = fmt::format("MAIL FROM:<{}>{}\r\n", how_.sender, says_so ? " BODY=8BITMIME" : "");
        if (ok) ok = co_await step("MAIL", std::move(mail), '2');
        if (ok) ok = co_await step("RCPT", fmt::format("RCPT TO:<{}>\r\n", how_.recipient), '2');
        if (ok) ok = co_await step("DATA", "DATA\r\n", '3');
        if (ok) ok = co_await step("the message", as_data(message), '2');
        if (!trouble_.empty()) co_return std::unexpected(trouble_);
        handed_over done;
        done.refusal = refusal_;
        (void)co_await step("QUIT", "QUIT\r\n", '2');
        co_return done;
    }

  private:
    net::task<client_result<wire::smtp_reply>> reply() {
        const auto until = net::deadline::in(how_.patience);
        for (;;) {
            auto parsed = wire::parse_smtp_reply(unread_);
            if (parsed.state == wire::reply_state::not_a_reply)
                co_return std::unexpected("what it says is no reply of SMTP: " +
                                          wire::quoted(parsed.reply.raw));
            if (parsed.state == wire::reply_state::complete) {
                unread_.erase(0, parsed.used);
                co_return std::move(parsed.reply);
            }
            if (unread_.size() > longest_reply) co_return std::unexpected("its reply has no end");
            std::array<char, 4096> piece;
            const std::span<char> room(piece);
            const auto got = co_await stream_->read_some(room, until);
            if (!got) co_return std::unexpected(reason(got.error()));
            if (how_.told) how_.told(false, {piece.data(), *got});
            unread_.append(piece.data(), *got);
        }
    }

    // And the dot that ends the data.
    static std::string as_data(std::string message) {
        if (!message.ends_with("\r\n")) message += "\r\n";
        return wire::dot_stuffed(message) + ".\r\n";
    }

    net::stream_ptr stream_;
    handover how_;
    std::string unread_, refusal_, trouble_;
    wire::smtp_reply last_;
};

} // namespace

net::task<client_result<handed_over>> hand_over(net::stream_ptr stream, handover how, std::string message) {
    client one(std::move(stream), std::move(how));
    co_return co_await one.run(std::move(message));
}

} // namespace mailspec::world
