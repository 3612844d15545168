// One session of a stress run: draws commands, fits them to what its model knows of the mailbox, sends them,
// and holds each answer against the model. It stops at its first violation: what follows from a contradiction
// proves nothing.
#pragma once
#include "harness/stress/server.hpp"
#include "harness/stress/session_model.hpp"
#include "harness/stress/tally.hpp"

#include <functional>
#include <string>
#include <vector>

namespace mailspec::stress {

struct violation {
    int session = 0; // from 1; 0: of the run as a whole
    std::string text;
    std::vector<std::string> dialog; // its last lines
};

// What the sessions of a run share; outlives them.
struct arena {
    std::uint64_t seed = 0;
    std::vector<mailbox_truth> boxes;
    tally times;
    std::vector<violation> violations;
    std::function<bool()> over; // time to stop
};

class player {
  public:
    player(arena& shared, int session);

    net::task<world::client_result<void>> come(account_at where); // log in, ENABLE CONDSTORE, SELECT
    net::task<world::client_result<void>> come(account_at where, std::size_t box);
    net::task<void> play(); // until the run is over
    // Nobody changes anything any more: NOOP until nothing is told, then a look at all messages.
    net::task<void> settle();
    net::task<void> leave();

    bool sound() const { return sound_; }
    const session_model& model() const { return model_; }
    void accuse(std::string text);

  private:
    net::task<void> act(choice drawn);
    net::task<void> learn_new();
    net::task<bool> ask(asked what, std::string command);
    net::task<void> select(choice drawn);
    net::task<void> append(choice drawn);
    net::task<void> fetch(choice drawn);
    net::task<void> store(choice drawn);
    net::task<void> replace(choice drawn);
    net::task<void> search(choice drawn);
    net::task<void> transfer(choice drawn); // COPY, MOVE
    net::task<void> expunge(choice drawn);
    net::task<void> idle(choice drawn);
    net::task<void> status(choice drawn);
    net::task<void> close(choice drawn);
    void judge(const asked& what, const world::imap_answer& answer);
    void transferred(bool moves, const std::vector<std::uint64_t>& asked_for, mailbox_truth& to,
                     std::uint64_t highest);
    asked about(choice drawn, std::size_t most) const;
    std::string words(const asked& what, std::string_view verb) const; // "UID FETCH 3:5"
    std::vector<std::uint64_t> uids(const asked& what) const;
    std::string items(std::string_view more) const;

    arena& shared_;
    int session_;
    choices choices_;
    session_model model_;
    dialog_tail tail_;
    client_ptr client_;
    world::imap_answer last_; // of ask()
    bool sound_ = true, condstore_ = false;
    unsigned appended_ = 0;
};

} // namespace mailspec::stress
