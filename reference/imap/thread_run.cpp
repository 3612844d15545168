// THREAD and UID THREAD: RFC 5256 §3. The trees are thread_forest's.
#include "reference/imap/header_facts.hpp"
#include "reference/imap/message_commands.hpp"
#include "reference/imap/searching_run.hpp"
#include "reference/imap/thread_forest.hpp"

namespace refmail::imap {

namespace {

enum class algorithm { ordered_subject, references };

class thread_run final : public searching_run {
  public:
    thread_run(selected_folder& in, modes& how, bool by_uid, search_program program, algorithm which)
        : searching_run(in, how, by_uid, std::move(program))
        , which_(which) {}

  private:
    bool found(response_writer& out, std::vector<place> places) override {
        if (!begun_) {
            places_ = std::move(places);
            begun_ = true;
        }
        const auto enough = forest_.work() + links_in_a_slice;
        for (std::size_t looked_at = 0; next_ < places_.size(); ++next_) {
            if (++looked_at > headers_in_a_slice || forest_.work() > enough) return false;
            take(places_[next_]);
            if (forest_.size() > most_strangers + most_strangers_each * places_.size())
                return result(completion::no("These messages refer to too many others", "LIMIT"));
        }
        if (which_ == algorithm::references)
            forest_.finish_by_references();
        else
            forest_ = thread_forest::by_subject(std::move(messages_));
        std::string trees;
        forest_.put(trees);
        out.untagged(trees.empty() ? "THREAD" : "THREAD " + trees);
        return result(completion::ok("THREAD completed"));
    }

    void take(place at) {
        const auto& record = in_.messages()[at].now;
        auto facts = header_facts_of(in_.folder(), record.id);
        if (!facts) return; // expunged meanwhile
        threaded_message m;
        m.number = by_uid_ ? record.id : at + 1;
        m.sent = facts->sent.value_or(record.received);
        m.subject = std::move(facts->subject);
        m.is_reply = facts->is_reply;
        m.id = facts->id.value_or("");
        if (which_ == algorithm::references) {
            m.references = std::move(facts->references);
            forest_.add_by_references(m);
        } else {
            messages_.push_back(std::move(m));
        }
    }

    static constexpr std::size_t headers_in_a_slice = 500;
    static constexpr std::uint64_t links_in_a_slice = 5'000'000;
    // Messages that are only referred to take as much memory as others, and one can refer to a thousand.
    static constexpr std::size_t most_strangers = 100'000, most_strangers_each = 20;

    const algorithm which_;
    bool begun_ = false;
    std::vector<place> places_;
    std::size_t next_ = 0;
    std::vector<threaded_message> messages_; // of ordered_subject
    thread_forest forest_;
};

} // namespace

begun begin_thread(cursor& arguments, selected_folder& in, modes& how, bool by_uid) {
    arguments.space();
    auto which = algorithm::references;
    if (arguments.take_word("ORDEREDSUBJECT"))
        which = algorithm::ordered_subject;
    else if (!arguments.take_word("REFERENCES"))
        arguments.fail("expected ORDEREDSUBJECT or REFERENCES");
    arguments.space();
    auto program = read_search_program(arguments, how, true);
    if (arguments.failed()) return std::unexpected(arguments.why());
    return std::make_unique<thread_run>(in, how, by_uid, std::move(program), which);
}

} // namespace refmail::imap
