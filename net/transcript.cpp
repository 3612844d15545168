// Every octet of a conversation; see the header. The recorder adds nothing and drops nothing.
#include "net/transcript.hpp"

#include <fmt/core.h>

namespace net {

void transcript::add(transcript_entry::what kind, int connection, std::string octets, std::string party) {
    const auto at = std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - start_);
    entries_.push_back(transcript_entry{kind, connection, at, std::move(octets), std::move(party)});
}

namespace {

using what = transcript_entry::what;

std::string describe(const tls_facts& facts) {
    std::string line = fmt::format("{} {}", facts.version, facts.cipher);
    if (!facts.alpn.empty()) line += fmt::format(", ALPN {}", facts.alpn);
    if (facts.has_peer_certificate) line += fmt::format(", peer {}", facts.peer.subject);
    return line;
}

class recorder final : public byte_stream {
  public:
    recorder(stream_ptr inner, transcript& into, int connection)
        : inner_(std::move(inner))
        , into_(into)
        , connection_(connection) {
        note(what::opened, fmt::format("{} to {}", inner_->local_address(), inner_->peer_address()));
    }

    task<result<std::size_t>> read_some(std::span<char> into, deadline until) override {
        auto got = co_await inner_->read_some(into, until);
        if (got)
            note(what::received, std::string(into.data(), *got));
        else
            note_failure(got.error());
        co_return got;
    }

    // Noted before it is sent: on one loop the answer may be noted before write() returns.
    task<result<void>> write(std::string_view octets, deadline until) override {
        note(what::sent, std::string(octets));
        auto sent = co_await inner_->write(octets, until);
        if (!sent) note_failure(sent.error());
        co_return sent;
    }

    task<result<tls_facts>> start_tls(const tls_options& options, deadline until) override {
        auto facts = co_await inner_->start_tls(options, until);
        if (facts)
            note(what::tls, describe(*facts));
        else
            note(what::failed, "TLS: " + facts.error().text);
        co_return facts;
    }

    task<result<void>> shutdown_send(deadline until) override {
        auto done = co_await inner_->shutdown_send(until);
        if (done)
            note(what::half_closed, "this side sends no more");
        else
            note_failure(done.error());
        co_return done;
    }

    void close() override {
        note(what::closed, "closed by this side");
        inner_->close();
    }

    void reset() override {
        note(what::reset, "reset by this side");
        inner_->reset();
    }

    bool is_tls() const override { return inner_->is_tls(); }
    std::string local_address() const override { return inner_->local_address(); }
    std::string peer_address() const override { return inner_->peer_address(); }

  private:
    void note(what kind, std::string text) { into_.add(kind, connection_, std::move(text)); }
    void note_failure(const error& why) {
        const what kind = why.kind == failure::eof     ? what::closed
                          : why.kind == failure::reset ? what::reset
                                                       : what::failed;
        note(kind, why.text);
    }

    stream_ptr inner_;
    transcript& into_;
    int connection_;
};

} // namespace

stream_ptr record(stream_ptr inner, transcript& into, int connection) {
    return std::make_unique<recorder>(std::move(inner), into, connection);
}

} // namespace net
