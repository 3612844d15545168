// A recorded conversation that plays the server: per connection it gives out the recorded octets in order,
// each piece once the client has done as much (writes, handshakes) as it had before that piece came. Nothing
// waits: where the recording has nothing to say, time is up at once. TLS is a recorded fact.
#pragma once
#include "harness/script/case_run.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mailspec::script {

struct recorded_stream {
    struct piece {
        std::size_t turn = 0; // what the client had done by then
        std::string octets;
    };
    enum class end { open, closed, reset };

    std::vector<piece> pieces;
    end ends = end::open;
    std::size_t end_turn = 0;
    std::optional<handshake> tls;

    std::string octets() const; // all that the server sent
    // Other octets in place of [offset, offset + length), given out when the last of those were.
    void replace(std::size_t offset, std::size_t length, std::string_view with);
    void cut(std::size_t offset); // closed instead of what came from there on
};

struct recording {
    std::vector<recorded_stream> streams; // in the order in which they were opened
    std::vector<mailbox_look> looks;
    world_recording world;
};

recording recording_of(const case_outcome& outcome);

// Hands out the streams in the order in which they were recorded. The recording must outlive it.
class replay_connector final : public connector {
  public:
    explicit replay_connector(const recording& from)
        : from_(from) {}
    net::task<net::result<net::stream_ptr>> connect(const std::string& service, net::deadline until) override;
    // What was recorded is what was compressed.
    net::stream_ptr compress(net::stream_ptr stream, std::string) override { return stream; }

  private:
    const recording& from_;
    std::size_t opened_ = 0;
};

class replay_mailboxes final : public world::mailbox_reader {
  public:
    explicit replay_mailboxes(const recording& from)
        : from_(from) {}
    net::task<net::result<std::vector<std::string>>> find(const world::mailbox_owner& owner,
                                                          std::string_view token) override;

  private:
    const recording& from_;
    std::map<std::pair<std::string, std::string>, std::size_t> looks_; // so often, at an address for a token
};

} // namespace mailspec::script
