// Which command a session sends next. Every draw takes as many numbers from the generator whatever the
// mailbox holds by then, so that a seed gives each session the same choices again, however the sessions
// interleave. Knows nothing of connections.
#pragma once
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::stress {

enum class kind {
    login,
    select,
    examine,
    append,
    fetch_flags,
    fetch_headers,
    fetch_bodies,
    fetch_changed,
    store,
    store_if,
    search,
    sort,
    thread,
    copy,
    move,
    expunge,
    noop,
    idle,
    status,
    close,
    unselect,
    pipeline,
    drop,
    list,
};
inline constexpr int kinds = 24;
const char* name_of(kind k); // "fetch-flags"
std::optional<kind> kind_named(std::string_view name);
// Those that can be measured alone, in the order of the help text.
const std::vector<std::string>& alone();

struct choice {
    kind what = kind::noop;
    std::uint64_t form = 0, place = 0, amount = 0; // used modulo what there is
};

class choices {
  public:
    choices(std::uint64_t seed, int session);
    choice next();

  private:
    std::mt19937_64 numbers_; // the same everywhere: [rand.predef]; no distribution is
};

// The message that a token names: the same octets whoever asks. CRLF line ends.
std::string message_of(std::string_view token);
// The token in a header or a whole message; empty: none.
std::string token_in(std::string_view octets);

} // namespace mailspec::stress
