// Two streams joined in memory; see the header.
#include "net/memory_stream.hpp"

#include "net/event.hpp"
#include "net/system_error.hpp"
#include "net/tls_stream.hpp"

#include <algorithm>
#include <cstring>

namespace net {
namespace {

struct pipe {
    pipe(const boost::asio::any_io_executor& on, std::size_t room)
        : changed(on)
        , room(room) {}
    event changed;
    std::size_t room;
    std::string octets;
    bool ended = false;  // by shutdown_send or close
    bool broken = false; // by reset, or the reader is gone
    void end() { ended = true, changed.notify(); }
    void break_off() { broken = true, changed.notify(); }
};

class memory_stream final : public tls_stream {
  public:
    memory_stream(std::shared_ptr<pipe> in, std::shared_ptr<pipe> out, std::string local, std::string peer)
        : in_(std::move(in))
        , out_(std::move(out))
        , local_(std::move(local))
        , peer_(std::move(peer)) {}
    ~memory_stream() override { memory_stream::raw_close(); }

    std::string local_address() const override { return local_; }
    std::string peer_address() const override { return peer_; }

  protected:
    task<result<std::size_t>> raw_read(std::span<char> into, deadline until) override {
        for (;;) {
            if (closed_) co_return std::unexpected(error{failure::closed, "closed on this side"});
            if (in_->broken) co_return std::unexpected(error{failure::reset, "connection reset by peer"});
            if (!in_->octets.empty()) {
                const std::size_t size = std::min(into.size(), in_->octets.size());
                std::memcpy(into.data(), in_->octets.data(), size);
                in_->octets.erase(0, size);
                in_->changed.notify();
                co_return size;
            }
            if (in_->ended) co_return std::unexpected(eof_error());
            const bool woken = co_await in_->changed.wait(until);
            if (!woken) co_return std::unexpected(timeout_error());
        }
    }

    task<result<void>> raw_write(std::string_view octets, deadline until) override {
        while (!octets.empty()) {
            if (closed_) co_return std::unexpected(error{failure::closed, "closed on this side"});
            if (out_->broken)
                co_return std::unexpected(error{failure::reset, "broken pipe: the peer is gone"});
            const std::size_t size =
                std::min(octets.size(), out_->room - std::min(out_->room, out_->octets.size()));
            if (size > 0) {
                out_->octets.append(octets.substr(0, size));
                octets.remove_prefix(size);
                out_->changed.notify();
                continue;
            }
            const bool woken = co_await out_->changed.wait(until);
            if (!woken) co_return std::unexpected(timeout_error());
        }
        co_return result<void>{};
    }

    result<void> raw_shutdown_send() override {
        out_->end();
        return {};
    }

    void raw_send_now(std::string_view octets) override {
        if (!out_->broken) out_->octets.append(octets);
    }

    void raw_close() override {
        if (closed_) return;
        closed_ = true;
        out_->end();
        in_->break_off(); // the peer's next write finds nobody
    }

    void raw_reset() override {
        closed_ = true;
        out_->octets.clear();
        out_->break_off();
        in_->break_off();
    }

  private:
    std::shared_ptr<pipe> in_, out_;
    std::string local_, peer_;
    bool closed_ = false;
};

} // namespace

std::pair<stream_ptr, stream_ptr> memory_pair(const boost::asio::any_io_executor& on, std::size_t room) {
    auto there = std::make_shared<pipe>(on, room);
    auto back = std::make_shared<pipe>(on, room);
    return {std::make_unique<memory_stream>(back, there, "memory:1", "memory:2"),
            std::make_unique<memory_stream>(there, back, "memory:2", "memory:1")};
}

} // namespace net
