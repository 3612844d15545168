// Compression of a stream by zlib; see the header.
#include "net/deflate_stream.hpp"

#include <fmt/core.h>

#include <array>
#include <new>
#include <zlib.h>

namespace net {
namespace {

constexpr int raw_window = -15;        // no zlib header; the peer may use any window up to 32 KiB
constexpr std::size_t room = 4 * 1024; // lives while a reader waits

Bytef* octets_of(std::string_view text) {
    return reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); // zlib does not write to its input
}

class deflate_stream final : public byte_stream {
  public:
    deflate_stream(stream_ptr inner, std::string already_read, const deflate_settings& how)
        : inner_(std::move(inner))
        , compressed_(std::move(already_read)) {
        if (deflateInit2(&out_, how.level, Z_DEFLATED, -how.window_bits, how.memory_level,
                         Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::bad_alloc();
        if (inflateInit2(&in_, raw_window) != Z_OK) {
            deflateEnd(&out_);
            throw std::bad_alloc();
        }
    }
    ~deflate_stream() override {
        deflateEnd(&out_);
        inflateEnd(&in_);
    }
    deflate_stream(const deflate_stream&) = delete;
    deflate_stream& operator=(const deflate_stream&) = delete;

    task<result<std::size_t>> read_some(std::span<char> into, deadline until) override {
        for (;;) {
            auto got = inflate_into(into);
            if (!got || *got > 0) co_return got;
            std::array<char, room> piece;
            const std::span<char> space(piece);
            const auto received = co_await inner_->read_some(space, until);
            if (!received) co_return std::unexpected(received.error());
            compressed_.assign(piece.data(), *received);
        }
    }

    // RFC 4978 §3: what is sent must be flushed, or the peer waits for ever.
    task<result<void>> write(std::string_view octets, deadline until) override {
        std::array<char, room> piece;
        out_.next_in = octets_of(octets);
        std::string_view rest = octets;
        bool more = true;
        while (more) {
            // avail_in is 32 bits wide.
            const auto step = rest.substr(0, 1u << 30);
            rest.remove_prefix(step.size());
            out_.avail_in += static_cast<uInt>(step.size());
            do {
                out_.next_out = octets_of({piece.data(), piece.size()});
                out_.avail_out = room;
                ::deflate(&out_, rest.empty() ? Z_SYNC_FLUSH : Z_NO_FLUSH);
                const std::string_view made(piece.data(), room - out_.avail_out);
                if (made.empty()) break;
                const auto sent = co_await inner_->write(made, until);
                if (!sent) co_return sent;
            } while (out_.avail_out == 0);
            more = !rest.empty();
        }
        co_return result<void>{};
    }

    task<result<tls_facts>> start_tls(const tls_options&, deadline) override {
        error refused{failure::tls, "TLS cannot be started on a connection that is compressed"};
        co_return std::unexpected(std::move(refused));
    }

    task<result<void>> shutdown_send(deadline until) override {
        co_return co_await inner_->shutdown_send(until);
    }

    void close() override { inner_->close(); }
    void reset() override { inner_->reset(); }
    bool is_tls() const override { return inner_->is_tls(); }
    std::string local_address() const override { return inner_->local_address(); }
    std::string peer_address() const override { return inner_->peer_address(); }

  private:
    // How many octets came out of what has been read so far; 0: it needs more.
    result<std::size_t> inflate_into(std::span<char> into) {
        if (ended_) return std::unexpected(error{failure::eof, "the compressed stream has ended"});
        in_.next_in = octets_of(compressed_);
        in_.avail_in = static_cast<uInt>(compressed_.size());
        in_.next_out = octets_of({into.data(), into.size()});
        in_.avail_out = static_cast<uInt>(into.size());
        const int status = ::inflate(&in_, Z_SYNC_FLUSH);
        compressed_.erase(0, compressed_.size() - in_.avail_in);
        const auto made = into.size() - in_.avail_out;
        if (status == Z_STREAM_END)
            ended_ = true;
        else if (status != Z_OK && status != Z_BUF_ERROR)
            return std::unexpected(
                error{failure::other, fmt::format("what came is not compressed by DEFLATE: {}",
                                                  in_.msg ? in_.msg : "its form is wrong")});
        if (ended_ && made == 0)
            return std::unexpected(error{failure::eof, "the compressed stream has ended"});
        return made;
    }

    stream_ptr inner_;
    std::string compressed_; // read, and not inflated yet
    z_stream out_{}, in_{};
    bool ended_ = false;
};

} // namespace

stream_ptr deflate(stream_ptr inner, std::string already_read, const deflate_settings& how) {
    return std::make_unique<deflate_stream>(std::move(inner), std::move(already_read), how);
}

} // namespace net
