// A slice is some 20 ms of looking, measured by what was looked at: the cores read no clock.
#include "reference/imap/searching_run.hpp"

namespace refmail::imap {

namespace {

constexpr std::uint64_t slice_of_work = 2'000'000; // see search_match::work()

} // namespace

searching_run::searching_run(selected_folder& in, modes& how, bool by_uid, search_program program)
    // RFC 7162 §3.2.10.2: numbers in the keys would mean other messages after an expunge.
    : message_run(in, how, by_uid, by_uid && !program.key.has(search_key::what::numbers))
    , program_(std::move(program))
    , with_mod_sequence_(program_.key.has(search_key::what::modified)) {}

bool searching_run::work(response_writer& out) {
    if (searched_) return found(out, {});
    if (!match_) {
        if (!program_.charset_is_known) {
            refused();
            return result(completion::no("That charset is not known", bad_charset_code()));
        }
        match_.emplace(program_, in_, how_);
        if (match_->mistake()) return result(completion::bad(*match_->mistake()));
        if (with_mod_sequence_) in_.enable_condstore(out, how_);
    }
    const auto enough = match_->work() + slice_of_work;
    for (const auto count = in_.messages().size(); next_ < count; ++next_) {
        if (match_->work() >= enough) return false;
        if (match_->matches(next_)) places_.push_back(next_);
    }
    if (match_->trouble()) {
        refused();
        return result(completion::of(*match_->trouble()));
    }
    searched_ = true;
    return found(out, std::move(places_));
}

} // namespace refmail::imap
