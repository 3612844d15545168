// Playing recorded conversations back; see replay.hpp.
#include "harness/script/replay.hpp"

#include <algorithm>
#include <cstring>

namespace mailspec::script {
namespace {

class replay_stream final : public net::byte_stream {
  public:
    explicit replay_stream(const recorded_stream& from)
        : from_(from) {}

    net::task<net::result<std::size_t>> read_some(std::span<char> into, net::deadline) override {
        while (piece_ < from_.pieces.size() && at_ == from_.pieces[piece_].octets.size()) {
            ++piece_;
            at_ = 0;
        }
        if (piece_ < from_.pieces.size()) {
            const auto& piece = from_.pieces[piece_];
            if (piece.turn > turn_) co_return failed(net::failure::timeout, "timed out");
            const auto size = std::min(into.size(), piece.octets.size() - at_);
            std::memcpy(into.data(), piece.octets.data() + at_, size);
            at_ += size;
            co_return size;
        }
        if (from_.ends == recorded_stream::end::open || from_.end_turn > turn_)
            co_return failed(net::failure::timeout, "timed out");
        const bool reset = from_.ends == recorded_stream::end::reset;
        co_return failed(reset ? net::failure::reset : net::failure::eof, "end of the recording");
    }

    net::task<net::result<void>> write(std::string_view, net::deadline) override {
        ++turn_;
        co_return net::result<void>{};
    }

    net::task<net::result<net::tls_facts>> start_tls(const net::tls_options&, net::deadline) override {
        ++turn_;
        if (from_.tls && from_.tls->facts) {
            secured_ = true;
            co_return *from_.tls->facts;
        }
        net::error refused{net::failure::tls, from_.tls ? from_.tls->error : "no handshake was recorded"};
        co_return std::unexpected(std::move(refused));
    }

    net::task<net::result<void>> shutdown_send(net::deadline) override {
        ++turn_;
        co_return net::result<void>{};
    }

    void close() override {}
    void reset() override {}
    bool is_tls() const override { return secured_; }
    std::string local_address() const override { return "recorded client"; }
    std::string peer_address() const override { return "recorded server"; }

  private:
    static std::unexpected<net::error> failed(net::failure kind, const char* text) {
        return std::unexpected(net::error{kind, text});
    }

    const recorded_stream& from_;
    std::size_t turn_ = 0, piece_ = 0, at_ = 0;
    bool secured_ = false;
};

} // namespace

std::string recorded_stream::octets() const {
    std::string all;
    for (const auto& p : pieces)
        all += p.octets;
    return all;
}

void recorded_stream::replace(std::size_t offset, std::size_t length, std::string_view with) {
    std::size_t at = 0, turn = 0;
    auto last = pieces.end(); // the piece that gets the new octets
    std::size_t within = 0;
    for (auto p = pieces.begin(); p != pieces.end() && at <= offset + length; ++p) {
        const auto size = p->octets.size();
        const auto from = std::max(at, offset), to = std::min(at + size, offset + length);
        if (from < to || (length == 0 && at < offset && offset < at + size)) {
            p->octets.erase(from - at, to - from);
            last = p;
            within = from - at;
        } else if (length == 0 && at == offset) { // between two pieces: given out before the later one
            pieces.insert(p, {turn, std::string(with)});
            return;
        }
        turn = p->turn;
        at += size;
    }
    if (last != pieces.end())
        last->octets.insert(within, with);
    else
        pieces.push_back({turn, std::string(with)});
}

void recorded_stream::cut(std::size_t offset) {
    const auto all = octets().size();
    if (offset < all) replace(offset, all - offset, "");
    ends = end::closed;
    end_turn = 0;
}

recording recording_of(const case_outcome& outcome) {
    using what = net::transcript_entry::what;
    recording result;
    std::map<int, std::size_t> stream_of; // connection number -> the stream that has it now
    std::map<int, std::size_t> turns;
    for (const auto& e : outcome.conversation.entries()) {
        if (!e.party.empty()) continue; // to a remote host: outcome.world has it
        if (e.kind == what::opened) {
            stream_of[e.connection] = result.streams.size();
            turns[e.connection] = 0;
            result.streams.emplace_back();
            continue;
        }
        const auto known = stream_of.find(e.connection);
        if (known == stream_of.end()) continue;
        auto& stream = result.streams[known->second];
        auto& turn = turns[e.connection];
        switch (e.kind) {
        case what::sent:
        case what::tls:
        case what::half_closed: ++turn; break;
        case what::failed:
            if (e.octets.starts_with("TLS: ")) ++turn;
            break;
        case what::received: stream.pieces.push_back({turn, e.octets}); break;
        case what::closed:
            stream.ends = recorded_stream::end::closed;
            stream.end_turn = turn;
            break;
        case what::reset:
            stream.ends = recorded_stream::end::reset;
            stream.end_turn = turn;
            break;
        case what::opened:
        case what::noted: break;
        }
    }
    for (const auto& h : outcome.handshakes)
        if (static_cast<std::size_t>(h.stream) < result.streams.size())
            result.streams[static_cast<std::size_t>(h.stream)].tls = h;
    result.looks = outcome.looks;
    result.world = outcome.world;
    return result;
}

net::task<net::result<net::stream_ptr>> replay_connector::connect(const std::string&, net::deadline) {
    if (opened_ == from_.streams.size()) {
        net::error none{net::failure::refused, "no further connection was recorded"};
        co_return std::unexpected(std::move(none));
    }
    co_return std::make_unique<replay_stream>(from_.streams[opened_++]);
}

net::task<net::result<std::vector<std::string>>> replay_mailboxes::find(const world::mailbox_owner& owner,
                                                                        std::string_view token) {
    // The n-th look finds what the n-th found; further ones what the last did.
    auto left = ++looks_[{owner.address, std::string(token)}];
    const mailbox_look* found = nullptr;
    for (const auto& look : from_.looks)
        if (look.address == owner.address && look.token == token && left > 0) {
            found = &look;
            --left;
        }
    co_return found ? found->messages : std::vector<std::string>{};
}

} // namespace mailspec::script
