// One session of a stress run: draws commands, fits them to what its model knows of the mailbox, sends them,
// and holds each answer against the model and the ambient rules. It stops at its first violation of the
// model: what follows from a contradiction proves nothing. What only breaks a form is noted once a run.
#pragma once
#include "harness/stress/server.hpp"
#include "harness/stress/session_model.hpp"
#include "harness/stress/tally.hpp"

#include <functional>
#include <memory>
#include <set>
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
    account_at where;
    bool in_turn = false; // one command at a time: what happens follows from the seed
    std::string dialogs;  // the folder where they are kept; empty: nowhere
    std::vector<mailbox_truth> boxes;
    tally times;
    std::vector<violation> violations;
    std::set<std::string> forms; // rules and remarks that were noted already
    std::function<bool()> over;  // time to stop
};

class player {
  public:
    player(arena& shared, int session);

    // Log in, ENABLE what this session has, SELECT the mailbox of that number.
    net::task<world::client_result<void>> come(std::size_t box);
    net::task<void> play(); // until the run is over
    net::task<void> turn(); // one command, and what it asks for
    // Nobody changes anything any more: NOOP until nothing is told, then a look at all messages.
    net::task<void> settle();
    net::task<void> leave();

    int session() const { return session_; }
    bool sound() const { return sound_; }
    const session_model& model() const { return model_; }
    const world::imap_answer& last() const { return last_; }
    // Asked without the model: STATUS at a checkpoint.
    net::task<bool> ask(asked what, std::string command);
    void accuse(std::string text);

  private:
    net::task<world::client_result<void>> log_in_again();
    net::task<world::client_result<void>> enable();
    net::task<void> act(choice drawn);
    net::task<void> change(choice drawn); // what needs a mailbox that is not EXAMINEd
    net::task<void> learn_new();
    void judge(const asked& what, const world::imap_answer& answer);
    void note_forms();
    mailbox_truth* box_of(choice drawn) const { return &shared_.boxes[drawn.place % shared_.boxes.size()]; }
    asked about(choice drawn, std::size_t most) const;
    std::string set(const std::vector<std::uint64_t>& numbers) const;
    std::string words(const asked& what, std::string_view verb) const; // "UID FETCH 3:5"
    std::vector<std::uint64_t> uids(const asked& what) const;
    std::string items(std::string_view more) const;
    bool offers(std::string_view capability) const { return client_->offers(capability); }

    // player_messages.cpp
    net::task<void> fetch(choice drawn);
    net::task<void> fetch_changed(choice drawn);
    net::task<void> store(choice drawn);
    net::task<void> replace(choice drawn);
    net::task<void> store_if(choice drawn);
    asked own_store(choice drawn) const;
    std::string store_words(const asked& what) const;

    // player_searches.cpp
    net::task<void> search(choice drawn);
    net::task<void> sort(choice drawn);
    net::task<void> thread(choice drawn);
    net::task<void> fetch_saved(choice drawn);
    std::string key(asked& what, choice drawn) const;
    std::string returns(asked& what, choice drawn) const;

    // player_mailboxes.cpp
    net::task<void> select(choice drawn);
    std::string resync_words(const mailbox_truth& box, std::uint64_t form);
    net::task<void> append(choice drawn);
    std::string append_words(choice drawn, const mailbox_truth& box) const;
    net::task<void> transfer(choice drawn); // COPY, MOVE
    void transferred(bool moves, const std::vector<std::uint64_t>& asked_for, mailbox_truth& to,
                     std::uint64_t highest);
    net::task<void> expunge(choice drawn);
    net::task<void> idle(choice drawn);
    net::task<void> status(choice drawn);
    net::task<void> close(choice drawn);

    // player_breaks.cpp
    net::task<void> pipeline(choice drawn);
    net::task<void> drop(choice drawn);
    std::string cut_append(choice drawn);
    std::string interrupted(choice drawn);

    arena& shared_;
    int session_;
    choices choices_;
    session_model model_;
    session_form form_;
    std::unique_ptr<session_ear> ear_;
    client_ptr client_;
    world::imap_answer last_; // of ask()
    bool sound_ = true, rev2_ = false;
    unsigned appended_ = 0;
};

// What STATUS tells of a mailbox, by name; nothing: no such response.
std::map<std::string, std::uint64_t> status_in(const world::imap_answer& answer);

} // namespace mailspec::stress
