// Is this the user's password? The first time the slow hash decides, on a thread of its own; after
// a success a keyed digest of the credentials is remembered (the key lives in this process only),
// so that a client that logs in for each message does not pay each time. Failures are never
// remembered and always cost the slow hash, known user or not.
// Accounts made on the command line have no hash at rest: their digest is there from the start.
#pragma once
#include "reference/daemon/local_directory.hpp"
#include "reference/store/worker_pool.hpp"

#include <array>
#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace refmail::daemon {

class authenticator {
  public:
    enum class refusal {
        wrong,       // user or password
        unavailable, // the hash could not be computed: out of memory
    };
    using verdict = std::expected<std::string, refusal>; // the canonical user name
    using answer = std::move_only_function<void(verdict)>;

    authenticator(const settings& s, const local_directory& who);

    // What is known at once; disengaged when only the slow hash can tell.
    std::optional<verdict> check_at_once(std::string_view user, std::string_view password);

    // Called from another thread. Addresses take turns: who asks a lot from one waits for himself.
    void check(std::string user, std::string password, const std::string& from, answer then);

    // RFC 1939 §7: APOP, for accounts whose password is known in the clear. At once, for MD5 is quick.
    verdict check_digest(std::string_view user, std::string_view timestamp, std::string_view digest) const;

    void finish() { hashing_.finish(); } // no answer comes after this

  private:
    using digest = std::array<unsigned char, 32>;
    void do_next();
    verdict check_slowly(std::string_view user, std::string_view password);
    digest digest_of(std::string_view user, std::string_view password) const;

    const local_directory& who_;
    digest key_{};
    std::map<std::string, std::string, std::less<>> hashes_;
    std::string decoy_; // hashed for users that do not exist, so that the time tells nothing
    std::map<std::string, std::string, std::less<>> secrets_; // of APOP
    std::mutex lock_;
    std::map<std::string, digest, std::less<>> known_;
    std::map<std::string, std::deque<std::move_only_function<void()>>> waiting_; // by address
    std::deque<std::string> turns_;                                              // addresses that wait
    store::worker_pool hashing_{1}; // a flood of logins must not take all cores
};

} // namespace refmail::daemon
